"""Undo: the changes of an operation, read backwards and answered by new ones.

A field that was changed since is left and listed, never overwritten. An undo is an operation itself and can be undone.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import crm_facts
from crm_auth import Caller
from crm_db import Transaction
from crm_facts import Written
from crm_resource import put_back
from crm_service import Refused
from events.events import EVENT, Event, actions, as_record, from_record, rules, store
from events.history.schemas import Left, Undone

PAGE = 1000


class NoSuchOperation(Refused):
    status, code, detail = 404, "not_found", "There is nothing here, or not in this workspace."


class UndoneAlready(Refused):
    status, code, detail = 409, "already_undone", "This was undone already."


async def undo(tx: Transaction, caller: Caller, operation_id: UUID, summary: str) -> Undone:
    """Raises UndoneAlready. The operation exists in the caller's workspace."""
    undo_id = await crm_facts.begin(tx, caller, kind="undo", summary=summary, undo_of=operation_id)
    if not await crm_facts.claim_undo(tx, operation_id, undo_id):
        raise UndoneAlready
    result = await take_back(tx, caller.workspace_id, operation_id, undo_id, rules.zone_of(caller.time_zone))
    await crm_facts.finish(tx, undo_id, counts={"restored": result.restored})
    return result


async def take_back(tx: Transaction, workspace_id: UUID, operation_id: UUID, undo_id: UUID, zone: ZoneInfo) -> Undone:
    """Answers each change of an operation by one of `undo_id`."""
    restored, left = 0, []
    async for change in _backwards(tx, operation_id):
        whats_left = await _take_back_one(tx, workspace_id, undo_id, change, zone)
        left += whats_left
        restored += not any(each.field is None for each in whats_left)
    return Undone(undo_id, restored, left)


async def _backwards(tx: Transaction, operation_id: UUID) -> AsyncIterator[Written]:
    last: UUID | None = None
    while changes := await crm_facts.changes_of(tx, operation_id, limit=PAGE, before=last):
        for change in changes:
            yield change
        last = changes[-1].fact_id


async def _take_back_one(
    tx: Transaction, workspace_id: UUID, undo_id: UUID, change: Written, zone: ZoneInfo
) -> list[Left]:
    found = await store.lock(tx, workspace_id, change.record_id)
    if found is None:
        return [Left(change.record_id, None, "purged")]
    event = found.event
    if change.verb == "changed":
        return await _fields_back(tx, workspace_id, undo_id, change, event, zone)
    into_trash = change.verb in ("created", "restored")
    if into_trash != (event.deleted_at is not None):
        await actions.move(tx, workspace_id, undo_id, event, trashed=into_trash)
    return []


async def _fields_back(
    tx: Transaction, workspace_id: UUID, undo_id: UUID, change: Written, event: Event, zone: ZoneInfo
) -> list[Left]:
    if event.deleted_at is not None:
        return [Left(event.id, None, "in_trash")]
    before, after = _differing(change.before, change.after)
    record, names = put_back(EVENT, as_record(event), before, after)
    left = [Left(event.id, name, "changed_since") for name in names]
    target = from_record(record)
    if target == event:
        return left
    if problems := rules.problems(target, zone):
        # Each value was right beside those of its time; beside today's it is not.
        return [
            *left,
            *(Left(event.id, name, f"would_break:{problems[0].code}") for name in before if name not in names),
        ]
    await actions.save(tx, workspace_id, undo_id, event, target)
    return left


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Without the links that stand in every fact, changed or not."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}
