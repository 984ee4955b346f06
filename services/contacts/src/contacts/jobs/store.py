"""All SQL of jobs."""

from typing import Any
from uuid import UUID

import msgspec

from crm_db import Transaction
from crm_resource import Json

LEASE = "20 seconds"

# claim: the oldest job that waits, or whose worker has not been heard of for longer than the lease.
_CLAIM = f"""
update job j
set state = 'running', owner = $1, heartbeat_at = now(), attempts = attempts + 1
from (
    select workspace_id, id from job
    where (state = 'queued' and (heartbeat_at is null or heartbeat_at < now()))
       or (state = 'running' and heartbeat_at < now() - interval '{LEASE}')
    order by created_at limit 1
    for update skip locked
) next
where j.workspace_id = next.workspace_id and j.id = next.id
returning j.*
"""


async def add(tx: Transaction, workspace_id: UUID, kind: str, caller: Json, input: Json) -> UUID:
    job_id: UUID = await tx.fetchval(
        "insert into job (workspace_id, id, kind, caller, input) values ($1, uuidv7(), $2, $3, $4) returning id",
        workspace_id,
        kind,
        _json(caller),
        _json(input),
    )
    return job_id


async def progress_of(tx: Transaction, workspace_id: UUID, kind: str, operation_id: UUID) -> dict[str, Json] | None:
    """How far the job of an operation is (its input names it)."""
    text = await tx.fetchval(
        "select progress from job where workspace_id = $1 and kind = $2 and input ->> 'operation_id' = $3",
        workspace_id,
        kind,
        str(operation_id),
    )
    return None if text is None else dict(msgspec.json.decode(text))


async def claim(tx: Transaction, owner: str) -> Any:
    return await tx.fetchrow(_CLAIM, owner)


async def advance(tx: Transaction, workspace_id: UUID, job_id: UUID, owner: str, progress: Json | None) -> bool:
    """False where the job is no longer this owner's."""
    held = await tx.fetchval(
        """
        update job set heartbeat_at = now(), progress = coalesce($4, progress)
        where workspace_id = $1 and id = $2 and owner = $3 and state = 'running'
        returning true
        """,
        workspace_id,
        job_id,
        owner,
        None if progress is None else _json(progress),
    )
    return held is not None


async def put_back(
    tx: Transaction, workspace_id: UUID, job_id: UUID, owner: str, *, counts: bool, error: str | None, after_s: float
) -> None:
    """Another try after a while; `counts` says whether this one was the job's own fault."""
    await tx.execute(
        """
        update job set state = 'queued', owner = null, error = $4, attempts = attempts - (1 - $5::int),
               heartbeat_at = now() + make_interval(secs => $6)
        where workspace_id = $1 and id = $2 and owner = $3
        """,
        workspace_id,
        job_id,
        owner,
        error,
        int(counts),
        after_s,
    )


async def finish(tx: Transaction, workspace_id: UUID, job_id: UUID, owner: str, state: str, error: str | None) -> None:
    await tx.execute(
        "update job set state = $4, error = $5, finished_at = now() where workspace_id = $1 and id = $2 and owner = $3",
        workspace_id,
        job_id,
        owner,
        state,
        error,
    )


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()
