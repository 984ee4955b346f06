"""One function per change of an event: lock, rules, row, operation and fact, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

import crm_facts
from crm_auth import Caller
from crm_db import Transaction, etag
from crm_resource import Context, Invalid, Problem, merge, parse_new, parse_patch
from crm_service import ServiceClient
from events.events import facts, neighbours, rules, store
from events.events.errors import InTrash, MovedOn, NoSuchEvent, StaleVersion
from events.events.fields import EVENT
from events.events.schemas import Event, as_record, from_record
from events.events.store import Stored

SUMMARY_MAX_CHARS = 120


@dataclass(frozen=True, slots=True)
class Done:
    """The event as it is now; `operation_id` is None where nothing had to be changed."""

    stored: Stored
    operation_id: UUID | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    contacts: ServiceClient
    identity: ServiceClient


def parse(body: Mapping[str, Any], caller: Caller) -> Event:
    """A new event out of a request's body. Raises Invalid with everything that is wrong."""
    values = _whole_minutes(parse_new(EVENT, body, Context()))
    now = datetime.now(UTC)
    kept = {"id": uuid7(), "version": 1, "created_at": now, "updated_at": now, "created_by": caller.user_id}
    return _right(from_record({**values, **kept, "deleted_at": None}), caller)


async def check_named(caller: Caller, event: Event, named: rules.Named, others: Neighbours) -> None:
    await neighbours.check(others.contacts, others.identity, caller, event, named)


async def create(tx: Transaction, caller: Caller, event: Event) -> Done:
    """`event` has come through `parse` and `check_named`."""
    stored = await store.insert(tx, caller.workspace_id, event)
    operation_id = await _begin(tx, caller, "create", event, {"created": 1})
    await crm_facts.append(tx, caller.workspace_id, operation_id, [facts.created(stored.event)])
    return Done(stored, operation_id)


def parse_change(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a merge patch sets, by field. Raises Invalid."""
    return _whole_minutes(parse_patch(EVENT, body, Context()))


def with_patch(event: Event, patch: Mapping[str, Any], caller: Caller) -> Event:
    """The event as the patch would leave it. Raises Invalid where that breaks a rule."""
    return _right(from_record(merge(as_record(event), patch, EVENT)), caller)


async def change(
    tx: Transaction,
    caller: Caller,
    event_id: UUID,
    patch: Mapping[str, Any],
    *,
    if_match: str | None,
    asked: rules.Named,
) -> Done:
    """Applies a parsed patch. `asked`: those whom `check_named` found to exist."""
    before = await writable(tx, caller, event_id, if_match)
    after = with_patch(before.event, patch, caller)
    if not asked.covers(rules.newly_named(before.event, after)):
        raise MovedOn
    return await write(tx, caller, before, after)


async def write(tx: Transaction, caller: Caller, before: Stored, after: Event) -> Done:
    """The next version of a locked event, as one operation of its own."""
    if after == before.event:
        return Done(before, None)
    operation_id = await _begin(tx, caller, "edit", after, {"updated": 1})
    return Done(await save(tx, caller.workspace_id, operation_id, before.event, after), operation_id)


async def save(tx: Transaction, workspace_id: UUID, operation_id: UUID, before: Event, after: Event) -> Stored:
    """The next version of a locked event, as a part of an operation."""
    stored = await store.save(tx, workspace_id, after, relink=after.contact_ids != before.contact_ids)
    await crm_facts.append(tx, workspace_id, operation_id, [facts.changed(before, stored.event)])
    return stored


async def set_done(tx: Transaction, caller: Caller, event_id: UUID, *, done: bool, if_match: str | None) -> Done:
    """Done now, or open again; what is so already stays as it is."""
    before = await writable(tx, caller, event_id, if_match)
    if done == (before.event.done_at is not None):
        return Done(before, None)
    done_at = datetime.now(UTC) if done else None
    return await write(tx, caller, before, _right(msgspec.structs.replace(before.event, done_at=done_at), caller))


async def trash(tx: Transaction, caller: Caller, event_id: UUID, *, if_match: str | None) -> Done:
    before = await existing(tx, caller, event_id, if_match)
    if before.event.deleted_at is not None:
        return Done(before, None)
    operation_id = await _begin(tx, caller, "trash", before.event, {"trashed": 1})
    return Done(await move(tx, caller.workspace_id, operation_id, before.event, trashed=True), operation_id)


async def restore(tx: Transaction, caller: Caller, event_id: UUID) -> Done:
    before = await existing(tx, caller, event_id, None)
    if before.event.deleted_at is None:
        return Done(before, None)
    operation_id = await _begin(tx, caller, "restore", before.event, {"restored": 1})
    return Done(await move(tx, caller.workspace_id, operation_id, before.event, trashed=False), operation_id)


async def move(tx: Transaction, workspace_id: UUID, operation_id: UUID, before: Event, *, trashed: bool) -> Stored:
    """Into the trash or out of it, as a part of an operation."""
    after = msgspec.structs.replace(before, deleted_at=datetime.now(UTC) if trashed else None)
    stored = await store.save(tx, workspace_id, after, relink=False)
    verb = "trashed" if trashed else "restored"
    await crm_facts.append(tx, workspace_id, operation_id, [facts.moved(verb, before, stored.event)])
    return stored


async def purge(tx: Transaction, caller: Caller, event_id: UUID, *, if_match: str | None) -> Done:
    """For good: the row, its history's content, and by its fact the timeline's."""
    before = await existing(tx, caller, event_id, if_match)
    operation_id = await crm_facts.begin(tx, caller, kind="purge", summary="Purged an event", counts={"purged": 1})
    await remove(tx, caller.workspace_id, operation_id, before.event)
    return Done(before, operation_id)


async def remove(tx: Transaction, workspace_id: UUID, operation_id: UUID, event: Event) -> None:
    """The part of a purge that an erased contact's notes share. Erasing comes first: it would empty the fact too."""
    await store.purge(tx, workspace_id, event.id)
    await crm_facts.erase(tx, facts.NOUN, event.id)
    await crm_facts.append(tx, workspace_id, operation_id, [facts.purged(event)])


async def existing(tx: Transaction, caller: Caller, event_id: UUID, if_match: str | None) -> Stored:
    """The event, locked. Raises NoSuchEvent, StaleVersion."""
    stored = await store.lock(tx, caller.workspace_id, event_id)
    if stored is None:
        raise NoSuchEvent
    if not etag.matches(if_match, stored.event.version):
        raise StaleVersion
    return stored


async def writable(tx: Transaction, caller: Caller, event_id: UUID, if_match: str | None) -> Stored:
    """As `existing`; raises InTrash too."""
    stored = await existing(tx, caller, event_id, if_match)
    if stored.event.deleted_at is not None:
        raise InTrash
    return stored


async def _begin(tx: Transaction, caller: Caller, kind: str, event: Event, counts: dict[str, int]) -> UUID:
    line = (event.title or event.body or "").partition("\n")[0]
    summary = f"{_DID[kind]} {event.kind} {line}"[:SUMMARY_MAX_CHARS]
    return await crm_facts.begin(tx, caller, kind=kind, summary=summary, counts=counts)


_DID = {"create": "Created", "edit": "Changed", "trash": "Trashed", "restore": "Restored"}


def _right(event: Event, caller: Caller) -> Event:
    zone = rules.zone_of(caller.time_zone)
    if problems := rules.problems(event, zone):
        raise Invalid(problems)
    return rules.normal(event, zone)


def _whole_minutes(values: dict[str, Any]) -> dict[str, Any]:
    """The field table knows numbers; minutes are whole ones. An absent `all_day` is false, never null."""
    minutes = values.get("reminder_minutes")
    if isinstance(minutes, float):
        if not minutes.is_integer():
            raise Invalid(
                [Problem("/reminder_minutes", "not_a_whole_number", "This must be a whole number of minutes.")]
            )
        values["reminder_minutes"] = int(minutes)
    if "all_day" in values:
        values["all_day"] = bool(values["all_day"])
    return values
