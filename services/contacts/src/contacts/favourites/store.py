"""SQL of favourites beside that of plain rows."""

from uuid import UUID

from crm_db import Database, Transaction

# Records in the trash and views that are no longer shared are left out until they are back.
_LIST = """
select r.body from enter($1) e(w), lateral (
    select (select row_to_json(d)::text from (
        select t.id, t.version, t.kind, t.record_id, t.position, coalesce(c.name, o.name, v.name) as title,
               t.created_at, t.updated_at, t.created_by) d) as body
    from favourite t
    left join contact c on t.kind = 'contact' and c.workspace_id = e.w and c.id = t.record_id and c.deleted_at is null
    left join company o on t.kind = 'company' and o.workspace_id = e.w and o.id = t.record_id and o.deleted_at is null
    left join saved_view v on t.kind = 'view' and v.workspace_id = e.w and v.id = t.record_id
                          and (v.shared or v.created_by = $2)
    where t.workspace_id = e.w and t.created_by = $2 and num_nonnulls(c.id, o.id, v.id) = 1
    order by t.position, t.id offset 0
) r
"""

_TITLES = {
    "contact": "select name from contact where workspace_id = $1 and id = $2 and $3::uuid is not null",
    "company": "select name from company where workspace_id = $1 and id = $2 and $3::uuid is not null",
    "view": "select name from saved_view where workspace_id = $1 and id = $2 and (shared or created_by = $3)",
}


async def documents(db: Database, workspace_id: UUID, user_id: UUID) -> list[str]:
    return [row["body"] for row in await db.read(workspace_id, _LIST, user_id)]


async def title(tx: Transaction, workspace_id: UUID, kind: str, record_id: UUID, user_id: UUID) -> str | None:
    """What the favourite is called; None if it isn't there for this person."""
    found: str | None = await tx.fetchval(_TITLES[kind], workspace_id, record_id, user_id)
    return found


async def own(tx: Transaction, workspace_id: UUID, kind: str, record_id: UUID, user_id: UUID) -> UUID | None:
    found: UUID | None = await tx.fetchval(
        """
        select id from favourite
        where workspace_id = $1 and kind = $2 and record_id = $3 and created_by = $4 for update
        """,
        workspace_id,
        kind,
        record_id,
        user_id,
    )
    return found
