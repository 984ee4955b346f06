"""Work that outlives its request: a row, claimed by one worker, resumed by another one after a crash."""

from uuid import UUID

import msgspec

from contacts.jobs import store
from contacts.jobs.job import Job, JobLost, KeptCaller
from crm_auth import Caller
from crm_db import Transaction
from crm_resource import Json

__all__ = ["Job", "JobLost", "enqueue"]


async def enqueue(tx: Transaction, caller: Caller | Job, kind: str, input: dict[str, Json]) -> UUID:
    """Leaves the job to the worker, which begins it when `tx` is committed."""
    kept = msgspec.to_builtins(KeptCaller.of(caller))
    return await store.add(tx, caller.workspace_id, kind, kept, input)
