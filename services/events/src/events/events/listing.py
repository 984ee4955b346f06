"""What a list of events is asked for: filter, search, trash, due, sort and place, as SQL conditions and a cursor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from crm_db import cursor as cursors
from crm_resource import (
    After,
    Arguments,
    BadQuery,
    Order,
    Problem,
    compile_filter,
    parse_order,
    read_cursor,
    write_cursor,
)
from events.events.fields import EVENT
from events.events.rules import due_bounds

Due = Literal["overdue", "today", "this_week", "later", "no_date"]

SEARCH_MAX_ROWS = 1000
SEARCH_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Query:
    """The query parameters of a list, as they came. `due` narrows to open tasks of one bucket of the task list."""

    sort: str = "-updated_at"
    q: str | None = None
    filter: str | None = None
    trashed: bool = False
    due: Due | None = None

    def scope(self, workspace_id: UUID) -> str:
        """What a cursor of this list is signed for; it fits no other."""
        return msgspec.json.encode([str(workspace_id), self.sort, self.q, self.filter, self.trashed, self.due]).decode()

    @property
    def moves_with_time(self) -> bool:
        """Whether the answer changes without any change of an event, so that it must not be kept."""
        return self.due is not None or (self.filter is not None and "_days" in self.filter)


@dataclass(slots=True)
class Conditions:
    """SQL over the row `t`, and its arguments from $2 on."""

    sql: str
    arguments: list[Any] = field(default_factory=list)


def conditions(query: Query, zone: ZoneInfo) -> Conditions:
    """Raises BadQuery, with pointers such as `/query/filter/and/0/op`."""
    now = datetime.now(UTC)
    arguments = Arguments()
    parts = [f"t.deleted_at is {'not ' if query.trashed else ''}null"]
    if query.filter is not None:
        parts.append(compile_filter(EVENT, _json(query.filter), arguments, now=now.astimezone(zone)).sql)
    if query.due is not None:
        parts.append(_due(query.due, now, zone, arguments))
    if words := _words(query.q):
        # As an array: joined, the function's guessed row count would choose the plan.
        found = f"select s from event_search({arguments.bind(words, 'text')}, {SEARCH_MAX_ROWS}) s"
        parts.append(f"t.id = any (array({found}))")
    return Conditions(" and ".join(f"({part})" for part in parts), arguments.values)


def order_of(query: Query) -> Order:
    return parse_order(EVENT, query.sort)


def after_of(query: Query, order: Order, text: str | None, secret: str, workspace_id: UUID) -> After | None:
    """The place that a cursor names. Raises BadCursor or BadQuery for one of another list."""
    if text is None:
        return None
    return read_cursor(order, cursors.decode(secret, text, scope=query.scope(workspace_id)))


def next_cursor(
    query: Query, order: Order, place: tuple[int, str | None, str] | None, secret: str, workspace_id: UUID
) -> str | None:
    if place is None:
        return None
    return cursors.encode(secret, write_cursor(order, *place), scope=query.scope(workspace_id))


def _due(due: Due, now: datetime, zone: ZoneInfo, arguments: Arguments) -> str:
    parts = ["t.kind = 'task'", "t.done_at is null"]
    if due == "no_date":
        parts.append("t.due_at is null")
    else:
        since, until = due_bounds(due, now, zone)
        if since is not None:
            parts.append(f"t.due_at >= {arguments.bind(since, 'timestamptz')}")
        if until is not None:
            parts.append(f"t.due_at < {arguments.bind(until, 'timestamptz')}")
    return " and ".join(parts)


def _json(text: str) -> Mapping[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise BadQuery([Problem("/query/filter", "not_json", "A filter is a JSON object.")]) from None


def _words(text: str | None) -> str | None:
    words = " ".join((text or "").replace("\0", " ").split())
    if len(words) > SEARCH_MAX_CHARS:
        raise BadQuery([Problem("/query/q", "too_long", f"A search has at most {SEARCH_MAX_CHARS} characters.")])
    return words or None
