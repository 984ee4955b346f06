"""SQL of search and look-up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_db import Database, Transaction

# The finds are few (the function says ROWS), so their rows are fetched by key.
_SEARCH = """
select json_build_object('items', coalesce(json_agg(row_to_json(r) order by r.score desc, r.title, r.id), '[]'))::text
as body from enter($1) e(w), lateral (
    select * from (
        select 'contact' as kind, t.id, t.name as title,
               coalesce(nullif(concat_ws(' · ', t.title, t.company_name), ''), t.emails -> 0 ->> 'value') as subtitle,
               s.score
        from search_find(e.w, 'contact', $2, $3) s join contact t on t.workspace_id = e.w and t.id = s.id
        union all
        select 'company', t.id, t.name, coalesce(t.domain, t.industry), s.score
        from search_find(e.w, 'company', $2, $3) s join company t on t.workspace_id = e.w and t.id = s.id
    ) found
    order by score desc, title, id
    limit $3
) r
"""

_KNOWN = """
select r.noun, r.document from enter($1) e(w), lateral (
    select 'contact' as noun, json_strip_nulls(json_build_object(
        'id', t.id, 'name', t.name, 'deleted', case when t.deleted_at is not null then true end))::text as document
    from contact t where t.workspace_id = e.w and t.id = any ($2::uuid[])
    union all
    select 'company', json_strip_nulls(json_build_object(
        'id', t.id, 'name', t.name, 'deleted', case when t.deleted_at is not null then true end))::text
    from company t where t.workspace_id = e.w and t.id = any ($3::uuid[])
    offset 0
) r
"""


async def search(db: Database, workspace_id: UUID, text: str, limit: int) -> bytes:
    rows = await db.read(workspace_id, _SEARCH, text, limit)
    body: str = rows[0]["body"]
    return body.encode()


async def lookup(db: Database, workspace_id: UUID, contact_ids: Sequence[UUID], company_ids: Sequence[UUID]) -> bytes:
    rows = await db.read(workspace_id, _KNOWN, list(contact_ids), list(company_ids))

    def of(noun: str) -> str:
        return ",".join(row["document"] for row in rows if row["noun"] == noun)

    return f'{{"contacts":[{of("contact")}],"companies":[{of("company")}]}}'.encode()


async def learn(tx: Transaction) -> int:
    """Moves new words into the vocabulary; answers how many it looked at. Of the worker alone."""
    looked_at: Any = await tx.fetchval("select search_learn()")
    return int(looked_at)
