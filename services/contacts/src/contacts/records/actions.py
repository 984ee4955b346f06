"""One function a change of one record: transaction { lock -> rules -> save with fact } -> bump of the cache."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import crm_facts
from contacts.custom_fields.fields import table_in
from contacts.members import check_owner
from contacts.records import erasure, store
from contacts.records.errors import NotTrashed, RecordNotFound, StaleVersion, Trashed
from contacts.records.record import Edit, Record
from contacts.records.resource import Resource
from contacts.records.saving import Batch, change, creation, differs, restoring, save, trashing
from contacts.state import State
from crm_auth import Admin, Writer
from crm_db import Transaction, etag
from crm_resource import Context, FieldTable, Invalid, Json, Problem, merge, missing, parse_new, parse_patch


@dataclass(frozen=True, slots=True)
class Changed:
    """The record's bytes and ETag after a change. `operation_id` is None where nothing was to be changed."""

    body: bytes
    etag: str
    record_id: UUID
    operation_id: UUID | None


async def create(state: State, caller: Writer, tx: Transaction, resource: Resource, body: Json) -> Changed:
    """In the caller's transaction, because an Idempotency-Key is kept in the same one. Raises Invalid."""
    fields = await table_in(tx, caller.workspace_id, resource)
    values = parse_new(fields, body, Context(caller.country))
    _refuse(resource.rules(values))
    await check_owner(state, caller, None, values)
    edit = creation(values)
    name = resource.title(values)
    operation_id = await crm_facts.begin(
        tx, caller, kind="create", summary=f"Created {name or resource.noun}", counts={"created": 1}
    )
    await save(Batch(tx, caller, resource, fields, operation_id), [edit])
    return await _changed(tx, caller, resource, edit.after.id, operation_id)


async def patch(
    state: State, caller: Writer, resource: Resource, record_id: UUID, body: Json, *, if_match: str | None
) -> Changed:
    """RFC 7396 on the newest version, or on the one that `if_match` names. Raises Invalid, StaleVersion, Trashed."""

    async def act(tx: Transaction, fields: FieldTable, record: Record) -> Edit:
        if record.trashed:
            raise Trashed
        changes = parse_patch(fields, body, Context(caller.country))
        values = merge(record.values, changes, fields)
        before = missing(fields, record.values)  # a field that became required later bars no other change
        _refuse([each for each in (*missing(fields, values), *resource.rules(values)) if each not in before])
        await check_owner(state, caller, record.values, values)
        return change(record, values)

    async with state.change(caller.workspace_id) as tx:
        return await _on_one(tx, caller, resource, record_id, "edit", "Edited", act, if_match=if_match)


async def trash(state: State, caller: Writer, resource: Resource, record_id: UUID, *, if_match: str | None) -> Changed:
    async def act(_: Transaction, __: FieldTable, record: Record) -> Edit:
        if record.trashed:
            raise Trashed
        return trashing(record)

    async with state.change(caller.workspace_id) as tx:
        return await _on_one(tx, caller, resource, record_id, "trash", "Moved to the trash:", act, if_match=if_match)


async def restore(
    tx: Transaction, caller: Writer, resource: Resource, record_id: UUID, *, if_match: str | None
) -> Changed:
    """In the caller's transaction, as `create`. Raises NotTrashed, StaleVersion."""

    async def act(_: Transaction, __: FieldTable, record: Record) -> Edit:
        if not record.trashed:
            raise NotTrashed
        return restoring(record)

    return await _on_one(tx, caller, resource, record_id, "restore", "Restored", act, if_match=if_match)


async def purge(state: State, caller: Admin, resource: Resource, record_id: UUID, *, if_match: str | None) -> UUID:
    """Removes the record for good, with its values in history and search; answers the operation that says so."""
    async with state.change(caller.workspace_id) as tx:
        record = await _locked(tx, caller, resource, record_id, if_match)
        operation_id = await erasure.erase(tx, caller, resource, record)
    return operation_id


Act = Callable[[Transaction, FieldTable, Record], Awaitable[Edit]]


async def _on_one(
    tx: Transaction,
    caller: Writer,
    resource: Resource,
    record_id: UUID,
    kind: str,
    verb: str,
    act: Act,
    *,
    if_match: str | None,
) -> Changed:
    record = await _locked(tx, caller, resource, record_id, if_match)
    fields = await table_in(tx, caller.workspace_id, resource)
    edit = await act(tx, fields, record)
    operation_id = None
    if differs(fields, edit):
        operation_id = await crm_facts.begin(
            tx, caller, kind=kind, summary=f"{verb} {resource.title(edit.after.values)}".strip(), counts=_counts(edit)
        )
        await save(Batch(tx, caller, resource, fields, operation_id), [edit])
    return await _changed(tx, caller, resource, record_id, operation_id)


async def _locked(tx: Transaction, caller: Writer, resource: Resource, record_id: UUID, if_match: str | None) -> Record:
    record = (await store.lock(tx, caller.workspace_id, resource, [record_id])).get(record_id)
    if record is None:
        raise RecordNotFound
    if not etag.matches(if_match, record.version):
        raise StaleVersion
    return record


def _counts(edit: Edit) -> Mapping[str, int]:
    return {{"changed": "updated", "trashed": "trashed", "restored": "restored"}[edit.verb]: 1}


async def _changed(
    tx: Transaction, caller: Writer, resource: Resource, record_id: UUID, operation_id: UUID | None
) -> Changed:
    body, tag = await store.answer(tx, caller.workspace_id, resource, record_id)
    return Changed(body, tag, record_id, operation_id)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(problems)
