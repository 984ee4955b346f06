"""What is read from the log: pages of operations and of a record's history, undo's changes, a record as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec

from crm_facts.write import Change, Connection

Key = TypeVar("Key", UUID, int)


class Reader(Protocol):
    """`crm_db.Database`, or whatever reads one statement inside a workspace."""

    async def read(self, workspace_id: UUID, sql: str, *args: object) -> list[Any]: ...


@dataclass(frozen=True)
class Page(Generic[Key]):
    """`items` as the API gives them; `next` goes into the cursor, None at the end."""

    items: list[dict[str, Any]]
    next: Key | None


_OPERATIONS = """
select r.* from enter($1) e(w), lateral (
    select o.id, o.at, o.actor_id, o.actor_name, o.kind, o.summary, o.counts, o.status, o.undo_of, o.undone_by
    from operation o
    where o.workspace_id = e.w and ($2::uuid is null or o.id < $2) and ($4::uuid is null or o.id = $4)
    order by o.id desc limit $3
) r
"""


async def operations_page(db: Reader, workspace_id: UUID, *, limit: int = 50, after: UUID | None = None) -> Page[UUID]:
    """Operations, newest first; `after` is `next` of the page before."""
    rows = await db.read(workspace_id, _OPERATIONS, after, limit + 1, None)
    return Page([_operation(row) for row in rows[:limit]], rows[limit - 1]["id"] if len(rows) > limit else None)


async def operation(db: Reader, workspace_id: UUID, operation_id: UUID) -> dict[str, Any] | None:
    """One operation as the API gives it; None if the workspace has none of that id."""
    rows = await db.read(workspace_id, _OPERATIONS, None, 1, operation_id)
    return _operation(rows[0]) if rows else None


_HISTORY = """
select r.* from enter($1) e(w), lateral (
    select c.fact_id, c.at, c.noun, c.verb, c.record_id, c.version, c.before, c.after, c.operation_id,
           o.actor_id, o.actor_name, o.kind, o.summary
    from change c join operation o on o.workspace_id = c.workspace_id and o.id = c.operation_id
    where c.workspace_id = e.w and c.noun = $2 and c.record_id = $3 and ($4::int is null or c.version < $4)
    order by c.version desc limit $5
) r
"""


async def history_page(
    db: Reader, workspace_id: UUID, noun: str, record_id: UUID, *, limit: int = 50, after: int | None = None
) -> Page[int]:
    """A record's changes as timeline items of kind `change`, newest first."""
    rows = await db.read(workspace_id, _HISTORY, noun, record_id, after, limit + 1)
    return Page([_item(row) for row in rows[:limit]], rows[limit - 1]["version"] if len(rows) > limit else None)


@dataclass(frozen=True, kw_only=True)
class Written(Change):
    """A change as it was written."""

    fact_id: UUID
    at: datetime


async def changes_of(
    tx: Connection, operation_id: UUID, *, limit: int = 1000, before: UUID | None = None
) -> list[Written]:
    """An operation's changes backwards, as undo needs them; go on with `before=` the last one's `fact_id`."""
    rows = await tx.fetch(
        """
        select noun, record_id, version, verb, before, after, fact_id, at from change
        where workspace_id = current_workspace() and operation_id = $1 and ($2::uuid is null or fact_id < $2)
        order by fact_id desc limit $3
        """,
        operation_id,
        before,
        limit,
    )
    return [Written(**{**row, "before": _load(row["before"]), "after": _load(row["after"])}) for row in rows]


async def as_of(tx: Connection, noun: str, record_id: UUID, at: datetime) -> dict[str, Any] | None:
    """The record's fields as they were at `at`, with `id` and `version`; None if it did not exist yet."""
    rows = await tx.fetch(
        """
        select version, after from change
        where workspace_id = current_workspace() and noun = $1 and record_id = $2 and at <= $3
        order by version
        """,
        noun,
        record_id,
        at,
    )
    if not rows:
        return None
    fields: dict[str, Any] = {}
    for row in rows:
        fields |= _load(row["after"])
    return {"id": record_id, "version": rows[-1]["version"], **fields}


def _operation(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "at": row["at"],
        "actor": {"id": row["actor_id"], "name": row["actor_name"]},
        "kind": row["kind"],
        "summary": row["summary"],
        "counts": _load(row["counts"]),
        "status": row["status"],
        "undo_of": row["undo_of"],
        "undone_by": row["undone_by"],
    }


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row["fact_id"],
        "at": row["at"],
        "kind": "change",
        "verb": f"{row['noun']}.{row['verb']}",
        "actor": {"id": row["actor_id"], "name": row["actor_name"]},
        f"{row['noun']}_id": row["record_id"],
        "version": row["version"],
        "changes": field_changes(_load(row["before"]), _load(row["after"])),
        "operation_id": row["operation_id"],
        "event": None,
    }


def field_changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """`[{"field", "from", "to"}]` in the order of `after`; what is absent on one side is null there.

    A change may carry links that did not differ, so that whoever hears it knows whom it concerns: these are left out.
    """
    names = [*after, *(name for name in before if name not in after)]
    return [
        {"field": name, "from": before.get(name), "to": after.get(name)}
        for name in names
        if before.get(name) != after.get(name) and not (_is_empty(before.get(name)) and _is_empty(after.get(name)))
    ]


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or value == {}


def _load(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])
