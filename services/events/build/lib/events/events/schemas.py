"""What the API gives for an event, and the value that rules and actions work with."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Kind(StrEnum):
    MEETING = "meeting"
    CALL = "call"
    TASK = "task"
    EMAIL = "email"
    NOTE = "note"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the API shows it. Members are in the order of the answer; none has a default, so that a generated
    client knows that each is there."""

    id: UUID
    version: int
    kind: Kind
    title: str | None
    body: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: bool
    due_at: datetime | None
    done_at: datetime | None
    contact_ids: list[UUID]
    company_id: UUID | None
    deal_id: UUID | None
    assignee_id: UUID | None
    location: str | None
    reminder_minutes: int | None
    recurrence: str | None
    created_at: datetime
    updated_at: datetime
    created_by: UUID
    deleted_at: datetime | None


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One appearance of an event in a calendar. `ends_at` is null for an event without an end."""

    starts_at: datetime
    ends_at: datetime | None
    event: Event


class CalendarRange(msgspec.Struct, frozen=True, kw_only=True):
    items: list[Occurrence]
    truncated: bool
    """True when the range held more than 2,000 appearances; the first 2,000 are given."""


def as_record(event: Event) -> dict[str, Any]:
    """The event as JSON values, the form in which the field table works and facts are written."""
    record: dict[str, Any] = msgspec.to_builtins(event)
    return record


def from_record(record: Mapping[str, Any]) -> Event:
    return msgspec.convert(dict(record), Event)


class EventPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a list answers. It is put together from the database's own bytes: this type describes."""

    items: list[Event]
    next_cursor: str | None
    total: int | msgspec.UnsetType = msgspec.UNSET
    """Only with `count=exact`."""
