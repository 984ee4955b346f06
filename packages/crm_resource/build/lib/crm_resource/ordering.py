"""`sort=` and the page after a key: stable while rows come and go, empty values last in both directions.

A nullable key has two lanes: rows with a value, then rows without. One ascending index `(workspace_id, key, id)` serves
both directions of the first lane, read forwards or backwards, and the second lane too.
"""

from dataclasses import dataclass

from crm_resource.errors import BadQuery, Problem
from crm_resource.fields import LISTS, Field, FieldTable, Json, Kind, Sort
from crm_resource.filters import Arguments, key_sql, value_sql

VALUES, EMPTIES = 0, 1
_CASTS = {Kind.DATE: "date", Kind.INSTANT: "timestamptz", Kind.NUMBER: "numeric", Kind.ID: "uuid"}


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by. `text` is the parameter as given: a cursor made for another order is refused."""

    text: str
    key: str
    cast: str
    nullable: bool
    descending: bool

    def lanes(self) -> tuple[int, ...]:
        return (VALUES, EMPTIES) if self.nullable else (VALUES,)


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before: its lane, its key as text (None among the empties) and its id."""

    lane: int
    key: str | None
    id: str


def parse_order(table: FieldTable, text: str) -> Order:
    """`-updated_at`, `name`, `company.name`, `custom.tier`. Raises BadQuery (`/query/sort`)."""
    name = text.removeprefix("-")
    found = table.get(name)
    sort = None if found is None else found.sort or _unindexed(name, found)
    if sort is None:
        raise BadQuery([Problem("/query/sort", "unknown_sort", f"There is no sorting by {name!r}.")])
    descending = text.startswith("-")
    return Order(text, sort.key(descending), sort.cast, sort.nullable, descending)


def _unindexed(name: str, found: Field) -> Sort | None:
    """Members of an object sort by what is stored, without an index of their own."""
    if found.kind in LISTS or found.kind in (Kind.OBJECT, Kind.MULTI_SELECT):
        return None
    if found.kind in (Kind.TEXT, Kind.SELECT, Kind.URL, Kind.EMAIL, Kind.PHONE):
        return Sort(f"({key_sql(name, found)})")
    inner_date = found.kind is Kind.DATE and "." in name
    return Sort(f"({value_sql(name, found)})", cast="text" if inner_date else _CASTS.get(found.kind, "text"))


def lane_condition(order: Order, lane: int, after: After | None, arguments: Arguments) -> str:
    """Which rows of a lane come after the key; `true` where all do."""
    parts = []
    if order.nullable:
        parts.append(f"{order.key} is {'not ' if lane == VALUES else ''}null")
    if after is not None and after.lane == lane:
        sign = "<" if order.descending else ">"
        row_id = arguments.bind(after.id, "uuid")
        if lane == VALUES:
            # bound as text and cast in SQL: the key of a cursor is the text form of whatever the column's type is
            key = f"{arguments.bind(after.key, 'text')}::{order.cast}"
            parts.append(f"({order.key}, t.id) {sign} ({key}, {row_id})")
        else:
            parts.append(f"t.id {sign} {row_id}")
    return " and ".join(parts) or "true"


def lane_order(order: Order, lane: int) -> str:
    direction = " desc" if order.descending else ""
    return f"t.id{direction}" if lane == EMPTIES else f"{order.key}{direction}, t.id{direction}"


def read_cursor(order: Order, values: Json) -> After:
    """The decoded parts of a cursor. Raises BadQuery when it was made for another order."""
    match values:
        case [order.text, int(lane), (str() | None) as key, str(row_id)]:
            return After(lane, key, row_id)
        case _:
            raise BadQuery([Problem("/query/cursor", "other_order", "This cursor belongs to another list or order.")])


def write_cursor(order: Order, lane: int, key: str | None, row_id: str) -> list[Json]:
    return [order.text, lane, key, row_id]
