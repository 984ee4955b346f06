"""Writing what happened, inside the transaction that makes it happen: operation, changes, facts to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

Lane = Literal["interactive", "bulk"]
Status = Literal["running", "done", "failed"]

# The broker takes 1 MiB a message, its headers included; the rest of envelope and headers fits in what is kept free.
FACT_BYTES_MAX = 1_048_576
_ENVELOPE_BYTES = 8_192


class Caller(Protocol):
    """What is kept of who did it."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def user_id(self) -> UUID: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def ip(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def traceparent(self) -> str: ...


class Connection(Protocol):
    """An asyncpg connection inside a transaction."""

    async def execute(self, query: str, *args: Any) -> str: ...
    async def fetch(self, query: str, *args: Any) -> list[Any]: ...
    async def fetchrow(self, query: str, *args: Any) -> Any: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...


class FactTooLarge(Exception):
    """The broker would not take the fact; refused before the change is committed."""

    status = 413
    code = "fact_too_large"
    detail = "This change is too large: a record's changed fields may have about 1 MB together."


@dataclass(frozen=True)
class Change:
    """A record going from `version - 1` to `version`.

    `before` and `after` hold the fields that differ (and links that say whom it concerns), by their names and JSON
    values of the API; a creation has `before` {} and `after` its values.
    `Change("contact", id, 2, "changed", {"title": None}, {"title": "CTO"})`.
    """

    noun: str
    record_id: UUID
    version: int
    verb: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


_BEGIN = """
insert into operation (workspace_id, id, kind, summary, actor_id, actor_name, ip, request_id, traceparent,
                       undo_of, status, counts)
values ($1, coalesce($2, uuidv7()), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
returning id
"""


async def begin(
    tx: Connection,
    caller: Caller,
    *,
    kind: str,
    summary: str,
    undo_of: UUID | None = None,
    status: Status = "done",
    counts: Mapping[str, int] | None = None,
    id: UUID | None = None,
) -> UUID:
    """Writes the operation that the changes after it belong to, and returns its id (`id`, or a new UUIDv7)."""
    operation_id: UUID = await tx.fetchval(
        _BEGIN,
        caller.workspace_id,
        id,
        kind,
        summary,
        caller.user_id,
        caller.actor_name,
        caller.ip,
        caller.request_id,
        caller.traceparent,
        undo_of,
        status,
        _json(counts or {}),
    )
    return operation_id


# A fact of a record must not overtake an earlier one that still waits in the slower lane: then it takes that lane too.
# The newest earlier version tells, because the same was true for it.
# `(select $4)` hides from the planner how many changes there are. It expects ten where it doesn't know: seeing one, it
# would find a plan for one cheaper, and so plan anew each time, which takes longer than the statement.
_APPEND = """
with written as (
    insert into change (workspace_id, noun, record_id, version, operation_id, verb, before, after)
    select $1, g.noun, g.record_id, g.version, $2, g.verb, g.before::json, g.after::json
    from unnest((select $4::text[]), $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[])
         with ordinality as g(noun, record_id, version, verb, before, after, n)
    order by g.n
    returning noun, record_id, version, verb, fact_id
)
insert into outbox (id, workspace_id, type, lane)
select w.fact_id, $1, w.noun || '.' || w.verb,
       case when $3 = 'bulk' then 'bulk' else coalesce((
           select case when o.published_at is null then o.lane end
           from change c join outbox o on o.id = c.fact_id
           where c.workspace_id = $1 and c.noun = w.noun and c.record_id = w.record_id and c.version < w.version
           order by c.version desc limit 1
       ), 'interactive') end
from written w
"""


async def append(
    tx: Connection, workspace_id: UUID, operation_id: UUID, changes: Sequence[Change], lane: Lane = "interactive"
) -> None:
    """Writes the changes and their facts, in this order, with one statement for any number of them.

    The records' rows must be locked or made in this transaction: so the order of facts is the order of commits.
    Raises FactTooLarge.
    """
    if not changes:
        return
    encoded = [(_json(change.before), _json(change.after)) for change in changes]
    for before, after in encoded:
        _refuse_oversize(before, after)
    await tx.execute(
        _APPEND,
        workspace_id,
        operation_id,
        lane,
        [change.noun for change in changes],
        [change.record_id for change in changes],
        [change.version for change in changes],
        [change.verb for change in changes],
        [before for before, _ in encoded],
        [after for _, after in encoded],
    )


async def finish(
    tx: Connection, operation_id: UUID, *, status: Status = "done", counts: Mapping[str, int] | None = None
) -> None:
    """Sets how an operation that ran for a while has ended, and what it did (`{"created": 12, "updated": 3}`)."""
    await tx.execute(
        """
        update operation set status = $2, counts = coalesce($3, counts)
        where workspace_id = current_workspace() and id = $1
        """,
        operation_id,
        status,
        None if counts is None else _json(counts),
    )


async def claim_undo(tx: Connection, operation_id: UUID, undo_id: UUID) -> bool:
    """Marks an operation as undone by another; False if somebody else's undo was first (answer 409)."""
    claimed = await tx.fetchval(
        """
        update operation set undone_by = $2
        where workspace_id = current_workspace() and id = $1 and undone_by is null
        returning true
        """,
        operation_id,
        undo_id,
    )
    return claimed is not None


async def state(tx: Connection, type: str, subject: str, data: Mapping[str, Any], *, traceparent: str = "") -> None:
    """States a fact that is no change of a workspace's record: `state(tx, "session.ended", session_id, {...})`.

    It belongs to the workspace that `data["workspace_id"]` names, or to none. Raises FactTooLarge.
    """
    body = _json(
        {"subject": subject, "time": datetime.now(UTC), "traceparent": traceparent, "data": data},
    )
    _refuse_oversize(body)
    workspace = data.get("workspace_id")
    await tx.execute(
        "insert into outbox (workspace_id, type, body) values ($1, $2, $3)",
        None if workspace is None else UUID(str(workspace)),
        type,
        body,
    )


async def erase(tx: Connection, noun: str, record_id: UUID) -> list[int]:
    """Takes a record's values out of its history; returns where its messages are in the stream (see erase_messages)."""
    rows = await tx.fetch("select seq from erase_record($1, $2) as seq", noun, record_id)
    return [row["seq"] for row in rows]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _refuse_oversize(*parts: str) -> None:
    if sum(len(part) for part in parts) * 4 + _ENVELOPE_BYTES <= FACT_BYTES_MAX:
        return  # no character has more than four bytes: most need no encoding to be told small
    if sum(len(part.encode()) for part in parts) + _ENVELOPE_BYTES > FACT_BYTES_MAX:
        raise FactTooLarge
