"""The items of a timeline, as api.md fixes them. They are put together by Postgres: these types describe."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from events.events import Event


class Actor(msgspec.Struct, frozen=True):
    id: UUID | None
    name: str | None


class FieldChange(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    field: str
    from_: Any
    to: Any


class TimelineItem(msgspec.Struct, frozen=True, kw_only=True):
    """One fact. `event` is the event that it made, as it is now: null for a `change`, and once it was purged."""

    id: UUID
    at: datetime
    kind: Literal["change", "note", "meeting", "call", "task", "email"]
    verb: str
    actor: Actor
    contact_id: UUID | None
    noun: str
    record_id: UUID
    version: int
    changes: list[FieldChange]
    operation_id: UUID | None
    operation_kind: str | None
    summary: str | None
    event: Event | None


class TimelinePage(msgspec.Struct, frozen=True):
    items: list[TimelineItem]
    next_cursor: str | None
