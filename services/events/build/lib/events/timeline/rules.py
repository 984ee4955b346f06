"""What a fact says on a timeline, decided without input or output."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from crm_facts import Fact, field_changes
from events.events import Kind

# Nouns that have a timeline of their own, and the fields by which other records name them.
SUBJECTS = ("contact", "company", "deal")
# Kept for audit, but nothing that everybody in the workspace may read: somebody's own views, how to get in.
NOT_FOR_ALL = ("favourite", "view", "api_token", "invitation")
_KINDS = frozenset(Kind)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as the timeline keeps it. `kind` is `change`, or the kind of the event that the fact made."""

    workspace_id: UUID
    id: UUID
    at: datetime
    kind: str
    verb: str
    noun: str
    record_id: UUID
    version: int
    subjects: list[UUID]
    contact_id: UUID | None
    operation_id: UUID | None
    operation_kind: str | None
    summary: str | None
    actor_id: UUID | None
    actor_name: str | None
    request_id: str | None
    changes: list[dict[str, Any]]


def entry_of(fact: Fact) -> Entry | None:
    """None for a fact that is about no workspace's record (a session that ended)."""
    if fact.workspace_id is None or fact.record_id is None:
        return None
    contacts = list(_named(fact, "contact"))
    return Entry(
        workspace_id=fact.workspace_id,
        id=fact.id,
        at=fact.time,
        kind=_kind(fact),
        verb=fact.type,
        noun=fact.noun,
        record_id=fact.record_id,
        version=fact.version,
        subjects=list(dict.fromkeys(each for noun in SUBJECTS for each in _named(fact, noun))),
        contact_id=contacts[0] if contacts else None,
        operation_id=fact.operation_id,
        operation_kind=fact.operation_kind or None,
        summary=fact.summary or None,
        actor_id=fact.actor.id if fact.actor else None,
        actor_name=fact.actor.name if fact.actor else None,
        request_id=fact.request_id or None,
        changes=field_changes(fact.before, fact.after),
    )


def is_purge(entry: Entry) -> bool:
    return entry.verb.endswith(".purged")


def is_merge(entry: Entry) -> bool:
    """Of the contact that goes: `merged_into` names the survivor, or no longer does."""
    return entry.verb in ("contact.merged", "contact.unmerged")


def _kind(fact: Fact) -> str:
    made = fact.after.get("kind") if fact.type == "event.created" else None
    return made if made in _KINDS else "change"


def _named(fact: Fact, noun: str) -> Iterator[UUID]:
    """Records of a noun that the fact is about: itself, and those it names before or after."""
    if fact.noun == noun and fact.record_id is not None:
        yield fact.record_id
    for values in (fact.after, fact.before):
        yield from _linked(values, noun)


def _linked(values: Mapping[str, Any], noun: str) -> Iterator[UUID]:
    one, many = values.get(f"{noun}_id"), values.get(f"{noun}_ids")
    for each in [one, *(many if isinstance(many, list) else [])]:
        if isinstance(each, str) and (record_id := _uuid(each)) is not None:
            yield record_id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
