"""One function a change: lock -> row -> operation and fact, in the caller's transaction."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

import crm_facts
from crm_auth import Writer
from crm_db import Transaction, etag
from crm_service import NotFound
from service_name.service_name import facts, store
from service_name.service_name.errors import StaleVersion
from service_name.service_name.schemas import RecordName, RecordNameInput, RecordNamePatch


@dataclass(frozen=True, slots=True)
class Done:
    """The record as it is now; `operation_id` is None where nothing had to be changed."""

    record: RecordName
    operation_id: UUID | None


async def create(tx: Transaction, caller: Writer, new: RecordNameInput) -> Done:
    record = await store.insert(tx, caller.workspace_id, new, caller.user_id)
    return await _done(tx, caller, "create", "Created", record, facts.created(record))


async def change(
    tx: Transaction, caller: Writer, record_id: UUID, patch: RecordNamePatch, *, if_match: str | None
) -> Done:
    """Raises NotFound, StaleVersion."""
    before = await store.lock(tx, caller.workspace_id, record_id)
    if before is None:
        raise NotFound
    if not etag.matches(if_match, before.version):
        raise StaleVersion
    wanted = msgspec.structs.replace(before, **msgspec.to_builtins(patch))
    if wanted == before:
        return Done(before, None)
    after = await store.update(tx, caller.workspace_id, wanted)
    return await _done(tx, caller, "edit", "Changed", after, facts.changed(before, after))


async def _done(
    tx: Transaction, caller: Writer, kind: str, did: str, record: RecordName, change: crm_facts.Change
) -> Done:
    operation_id = await crm_facts.begin(tx, caller, kind=kind, summary=f"{did} the {facts.NOUN}")
    await crm_facts.append(tx, caller.workspace_id, operation_id, [change])
    return Done(record, operation_id)
