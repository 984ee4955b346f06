"""Who of the contacts is meant by the rows of a chunk, and which companies they name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from contacts.imports.plan import Draft, Found, MatchBy
from contacts.people import PEOPLE
from contacts.records import store as records
from contacts.records.record import Record
from crm_db import Transaction

_BY_KEY = """
    select k.key, k.contact_id from contact_key k
    join contact t on t.workspace_id = k.workspace_id and t.id = k.contact_id and t.deleted_at is null
    where k.workspace_id = $1 and k.kind = $2 and k.key = any ($3::text[])
"""

# By the stored sort key of names, so that its index serves.
_BY_NAME = f"""
    select i.key, t.id as contact_id
    from unnest($2::text[], $3::text[], $4::text[], $5::text[]) i(key, first_name, last_name, company)
    join contact t on t.workspace_id = $1 and t.deleted_at is null and t.name_up = {PEOPLE.key_sql["name_up"]}
     and coalesce(t.company_name_key, '') = coalesce(fold(i.company), '')
"""

_COMPANIES = """
    select distinct on (t.name_key) i.name, t.id
    from unnest($2::text[]) i(name)
    join company t on t.workspace_id = $1 and t.name_key = fold(i.name) and t.deleted_at is null
    order by t.name_key, t.id
"""


async def contacts_by_key(
    tx: Transaction, workspace_id: UUID, match_by: MatchBy, drafts: Mapping[int, tuple[Draft, Sequence[str]]]
) -> dict[str, set[UUID]]:
    """The live contacts that each key finds; `drafts` are the rows' drafts with their keys (plan.keys_of)."""
    keys = [key for _, each in drafts.values() for key in each]
    if not keys:
        return {}
    if match_by is MatchBy.NAME_COMPANY:
        named = [(key, *_name(draft), draft.company) for draft, each in drafts.values() for key in each]
        rows = await tx.fetch(_BY_NAME, workspace_id, *(list(part) for part in zip(*named, strict=True)))
    else:
        rows = await tx.fetch(_BY_KEY, workspace_id, match_by.value, keys)
    found: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        found[row["key"]].add(row["contact_id"])
    return found


def _name(draft: Draft) -> tuple[str | None, str | None]:
    return draft.values.get("first_name"), draft.values.get("last_name")


async def locked(tx: Transaction, workspace_id: UUID, ids: set[UUID]) -> dict[UUID, tuple[Found, Record]]:
    """The matched contacts, their rows locked until the end of the transaction, so that the diff is what is written."""
    by_id = await records.lock(tx, workspace_id, PEOPLE, list(ids)) if ids else {}
    companies = {company for each in by_id.values() if (company := each.values.get("company_id"))}
    names = await records.company_names(tx, workspace_id, companies)
    return {
        record.id: (Found(record.id, record.values, names.get(record.values.get("company_id") or "")), record)
        for record in by_id.values()
    }


async def companies_by_name(tx: Transaction, workspace_id: UUID, names: set[str]) -> dict[str, UUID]:
    """The oldest live company of each name that is known, by the name as given without regard to case."""
    if not names:
        return {}
    rows = await tx.fetch(_COMPANIES, workspace_id, sorted(names))
    return {row["name"].casefold(): row["id"] for row in rows}
