"""All SQL of tags. Names are told apart without regard to case, and keep the spelling that came first."""

from collections.abc import Sequence
from uuid import UUID

from contacts.tags.tag import Tag
from crm_db import Database, Transaction

_FIND = """
select given.name as given, t.id, t.name
from unnest($2::text[]) given(name) join tag t on t.workspace_id = $1 and t.name_key = lower(given.name)
"""

# Two transactions that bring the same new tag: the second waits for the first, then finds its row.
_MAKE = """
insert into tag (workspace_id, id, created_by, name, name_key)
select distinct on (lower(n)) $1::uuid, uuidv7(), $3::uuid, n, lower(n) from unnest($2::text[]) n
order by lower(n)
on conflict (workspace_id, name_key) do nothing
returning id, name
"""


async def find(tx: Transaction, workspace_id: UUID, names: Sequence[str]) -> dict[str, Tag]:
    """Tags by the names as given, whatever their case."""
    rows = await tx.fetch(_FIND, workspace_id, list(names))
    return {row["given"]: Tag(row["id"], row["name"]) for row in rows}


async def make(tx: Transaction, workspace_id: UUID, names: Sequence[str], created_by: UUID) -> list[Tag]:
    """Those that did not exist before."""
    rows = await tx.fetch(_MAKE, workspace_id, list(names), created_by)
    return [Tag(row["id"], row["name"]) for row in rows]


async def tagged(tx: Transaction, workspace_id: UUID, noun: str, tag_id: UUID) -> list[UUID]:
    """Records that have the tag, in the trash too."""
    rows = await tx.fetch(
        f"select {noun}_id as id from {noun}_tag where workspace_id = $1 and tag_id = $2 order by 1",
        workspace_id,
        tag_id,
    )
    return [row["id"] for row in rows]


async def follow(tx: Transaction, workspace_id: UUID, noun: str, tag_id: UUID, old: str, new: str) -> None:
    """The tag's new name where records show it. `derived` rises, so that nobody keeps the old bytes."""
    await tx.execute(
        f"""
        update {noun} t set tags = array_replace(t.tags, $3, $4), derived = t.derived + 1
        from {noun}_tag l
        where l.workspace_id = $1 and l.tag_id = $2 and t.workspace_id = l.workspace_id and t.id = l.{noun}_id
        """,
        workspace_id,
        tag_id,
        old,
        new,
    )


# how many live records have each tag; a tag that none has counts 0
_LIST = """
select r.body from enter($1) e(w), lateral (
    select (select row_to_json(d)::text from (
        select t.id, t.version, t.name, t.color, coalesce(used.total, 0) as count,
               t.created_at, t.updated_at, t.created_by) d) as body
    from tag t left join (
        select tag_id, count(*) as total from (
            select l.tag_id from contact_tag l join contact c on c.workspace_id = l.workspace_id and c.id = l.contact_id
            where l.workspace_id = e.w and c.deleted_at is null
            union all
            select l.tag_id from company_tag l join company c on c.workspace_id = l.workspace_id and c.id = l.company_id
            where l.workspace_id = e.w and c.deleted_at is null
        ) links group by tag_id
    ) used on used.tag_id = t.id
    where t.workspace_id = e.w and ($2::uuid is null or t.id = $2)
    order by t.name_key offset 0
) r
"""


async def documents(db: Database, workspace_id: UUID, tag_id: UUID | None = None) -> list[str]:
    """Tags with their counts, by name."""
    return [row["body"] for row in await db.read(workspace_id, _LIST, tag_id)]
