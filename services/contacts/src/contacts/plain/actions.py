"""One function a change of a plain row: lock -> save -> change with its fact, in the caller's transaction."""

from collections.abc import Mapping
from uuid import UUID

import crm_facts
from contacts.plain import store
from contacts.plain.kind import Plain
from contacts.plain.store import Document
from contacts.records.errors import StaleVersion
from crm_auth import Caller
from crm_db import Transaction, etag
from crm_resource import Json
from crm_service import NotFound


async def create(
    tx: Transaction, caller: Caller, plain: Plain, values: Mapping[str, Json], summary: str
) -> tuple[Document, UUID]:
    """The row and its operation."""
    document = await store.insert(tx, caller.workspace_id, plain, values, caller.user_id)
    after = {name: document[name] for name in plain.columns if document[name] not in (None, [], {})}
    operation_id = await crm_facts.begin(tx, caller, kind="create", summary=summary, counts={"created": 1})
    change = crm_facts.Change(plain.noun, UUID(document["id"]), 1, "created", {}, after)
    await crm_facts.append(tx, caller.workspace_id, operation_id, [change])
    return document, operation_id


async def locked(tx: Transaction, caller: Caller, plain: Plain, row_id: UUID, if_match: str | None) -> Document:
    """Raises NotFound, StaleVersion."""
    document = await store.lock(tx, caller.workspace_id, plain, row_id)
    if document is None:
        raise NotFound
    if not etag.matches(if_match, document["version"]):
        raise StaleVersion
    return document


async def change(
    tx: Transaction, caller: Caller, plain: Plain, before: Document, patch: Mapping[str, Json], summary: str
) -> tuple[Document, UUID | None]:
    """The row as it is then, and its operation; None where the patch changes nothing."""
    values = {name: patch.get(name, before[name]) for name in plain.columns}
    changed = [name for name in plain.columns if values[name] != before[name]]
    if not changed:
        return before, None
    row_id = UUID(before["id"])
    document = await store.update(tx, caller.workspace_id, plain, row_id, values)
    operation_id = await crm_facts.begin(tx, caller, kind="edit", summary=summary, counts={"updated": 1})
    was, now = {name: before[name] for name in changed}, {name: document[name] for name in changed}
    step = crm_facts.Change(plain.noun, row_id, document["version"], "changed", was, now)
    await crm_facts.append(tx, caller.workspace_id, operation_id, [step])
    return document, operation_id


async def remove(
    tx: Transaction, caller: Caller, plain: Plain, before: Document, summary: str, operation_id: UUID | None = None
) -> UUID:
    """For good: such a row has no trash. In `operation_id`, or an operation of its own."""
    row_id = UUID(before["id"])
    await store.delete(tx, caller.workspace_id, plain, row_id)
    operation_id = operation_id or await crm_facts.begin(
        tx, caller, kind="delete", summary=summary, counts={"deleted": 1}
    )
    was = {name: before[name] for name in plain.columns if before[name] not in (None, [], {})}
    step = crm_facts.Change(plain.noun, row_id, before["version"] + 1, "deleted", was, dict.fromkeys(was))
    await crm_facts.append(tx, caller.workspace_id, operation_id, [step])
    return operation_id
