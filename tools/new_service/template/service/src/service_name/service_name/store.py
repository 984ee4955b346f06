"""All SQL of the feature. Rows come as the JSON that is answered; changes decode it."""

from uuid import UUID

import msgspec

from crm_db import Database, Transaction
from service_name.service_name.schemas import RecordName, RecordNameInput

_COLUMNS = "t.id, t.version, t.text, t.created_at, t.updated_at, t.created_by"
_AS_JSON = f"(select row_to_json(d)::text from (select {_COLUMNS}) d)"

# enter() sets the workspace in the statement that reads, so that a read is one round trip.
_ONE = f"""
select r.body from enter($1) e(w), lateral (
    select {_AS_JSON} as body from record_name t where t.workspace_id = e.w and t.id = $2 offset 0
) r"""

# newest first: ids rise with time
_PAGE = f"""
select r.id, r.body from enter($1) e(w), lateral (
    select t.id, {_AS_JSON} as body from record_name t
    where t.workspace_id = e.w and ($2::uuid is null or t.id < $2)
    order by t.id desc limit $3
) r"""

_LOCK = f"select {_AS_JSON} from record_name t where t.workspace_id = $1 and t.id = $2 for update"

_INSERT = f"""
insert into record_name as t (workspace_id, text, created_by) values ($1, $2, $3) returning {_AS_JSON}"""

_UPDATE = f"""
update record_name t set text = $3, version = t.version + 1, updated_at = now()
where t.workspace_id = $1 and t.id = $2 returning {_AS_JSON}"""


async def read(db: Database, workspace_id: UUID, record_id: UUID) -> bytes | None:
    rows = await db.read(workspace_id, _ONE, record_id)
    return rows[0]["body"].encode() if rows else None


async def page(db: Database, workspace_id: UUID, after: UUID | None, limit: int) -> tuple[list[str], UUID | None]:
    """Up to `limit` rows after the id `after`, and the id that the next page begins after, if there is one."""
    rows = await db.read(workspace_id, _PAGE, after, limit + 1)
    shown = rows[:limit]
    return [row["body"] for row in shown], shown[-1]["id"] if len(rows) > limit else None


async def lock(tx: Transaction, workspace_id: UUID, record_id: UUID) -> RecordName | None:
    text = await tx.fetchval(_LOCK, workspace_id, record_id)
    return None if text is None else msgspec.json.decode(text, type=RecordName)


async def insert(tx: Transaction, workspace_id: UUID, new: RecordNameInput, created_by: UUID) -> RecordName:
    text = await tx.fetchval(_INSERT, workspace_id, new.text, created_by)
    return msgspec.json.decode(text, type=RecordName)


async def update(tx: Transaction, workspace_id: UUID, record: RecordName) -> RecordName:
    text = await tx.fetchval(_UPDATE, workspace_id, record.id, record.text)
    return msgspec.json.decode(text, type=RecordName)
