"""Operations and what an undo answers, as api.md fixes them."""

from datetime import datetime
from uuid import UUID

import msgspec

from events.timeline.schemas import Actor, FieldChange


class OperationItem(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    at: datetime
    actor: Actor
    kind: str
    summary: str
    counts: dict[str, int]
    status: str
    undo_of: UUID | None
    undone_by: UUID | None


class OperationPage(msgspec.Struct, frozen=True):
    items: list[OperationItem]
    next_cursor: str | None


class Left(msgspec.Struct, frozen=True):
    """What an undo did not put back. `field` is null where it is the whole event."""

    event_id: UUID
    field: str | None
    reason: str


class Undone(msgspec.Struct, frozen=True):
    operation_id: UUID
    restored: int
    left: list[Left]


class HistoryItem(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    at: datetime
    kind: str
    verb: str
    actor: Actor
    event_id: UUID
    version: int
    changes: list[FieldChange]
    operation_id: UUID
    event: None


class HistoryPage(msgspec.Struct, frozen=True):
    items: list[HistoryItem]
    next_cursor: str | None
