"""All SQL of events. Rows come as the API's JSON text; a change works with the `Event` made from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from crm_db import Database, Transaction
from crm_resource import After, Arguments, Order, lane_condition, lane_order
from events.events.fields import EVENT
from events.events.schemas import Event

_CONTACT_IDS = """coalesce((select json_agg(l.contact_id order by l.position) from event_contact l
    where l.workspace_id = t.workspace_id and l.event_id = t.id), '[]'::json)"""
_MEMBERS = ", ".join(
    f"{_CONTACT_IDS} as contact_ids" if each.name == "contact_ids" else f"t.{each.name}" for each in EVENT.members()
)
# An event `t` as the API shows it; as text where the row is all that is asked for.
RECORD_JSON = f"row_to_json((select m from (select {_MEMBERS}) m))"
RECORD = f"{RECORD_JSON}::text"

_COLUMNS = [each.name for each in EVENT.own() if each.name != "contact_ids"]

_decode = msgspec.json.Decoder(Event).decode


class Stored(NamedTuple):
    """An event as it lies in the database: to work with, and as the bytes that every answer about it has."""

    event: Event
    record: bytes

    @classmethod
    def of(cls, text: str) -> "Stored":
        return cls(_decode(text), text.encode())


# visible: one event, in the trash or not.
_GET = f"""
select r.record from enter($1) e(w), lateral (
    select {RECORD} as record from event t where t.workspace_id = e.w and t.id = $2 limit 1) r
"""

# lock: the row first, then the log, so that the order of the log is the order of commits.
_LOCK = f"select {RECORD} from event t where t.workspace_id = $1 and t.id = $2 for update of t"

_READ_BACK = f"select {RECORD} from event t where t.workspace_id = $1 and t.id = $2"

_INSERT = f"""
insert into event (workspace_id, id, created_by, {", ".join(_COLUMNS)})
values ($1, $2, $3, {", ".join(f"${index}" for index in range(4, 4 + len(_COLUMNS)))})
"""

_SAVE = f"""
update event set version = version + 1, updated_at = now(), deleted_at = $3,
    {", ".join(f"{name} = ${index}" for index, name in enumerate(_COLUMNS, 4))}
where workspace_id = $1 and id = $2
"""

_UNLINK = "delete from event_contact where workspace_id = $1 and event_id = $2"
_LINK = """
insert into event_contact (workspace_id, event_id, contact_id, position)
select $1, $2, contact_id, position from unnest($3::uuid[]) with ordinality u(contact_id, position)
"""

_PURGE = "delete from event where workspace_id = $1 and id = $2"

# of_contact: everything that names a contact, oldest first and locked in that order, so that two sweeps can't deadlock.
_OF_CONTACT = f"""
select {RECORD} from event t
where t.workspace_id = $1 and t.id in
    (select event_id from event_contact where workspace_id = $1 and contact_id = $2)
order by t.id for update of t
"""

_REMEMBER_MOVE = """
insert into contact_move (workspace_id, contact_id, operation_id) values ($1, $2, $3)
on conflict (workspace_id, contact_id) do update set operation_id = excluded.operation_id
"""
_TAKE_MOVE = "delete from contact_move where workspace_id = $1 and contact_id = $2 returning operation_id"

# places_in_stream: of all that was said about an event, but that it was purged.
_PLACES = """
select o.broker_seq from change c join outbox o on o.id = c.fact_id
where c.workspace_id = $1 and c.noun = 'event' and c.record_id = $2 and c.verb <> 'purged'
"""

# in_range: what could appear in a calendar between two instants. A recurring event may from its start on; how often is
# the rule's to say. All others overlap the range, a start without an end being a moment.
_IN_RANGE = f"""
select r.record from enter($1) e(w), lateral (
    (select {RECORD} as record, t.starts_at, t.id from event t
      where t.workspace_id = e.w and t.deleted_at is null and t.recurrence is null
        and t.starts_at < $3 and t.starts_at >= $2::timestamptz - interval '366 days'
        and greatest(coalesce(t.ends_at, t.starts_at), t.starts_at + interval '1 microsecond') > $2
      order by t.starts_at, t.id limit $4)
    union all
    (select {RECORD}, t.starts_at, t.id from event t
      where t.workspace_id = e.w and t.deleted_at is null and t.recurrence is not null and t.starts_at < $3
      order by t.starts_at, t.id limit $4)) r
order by r.starts_at, r.id
"""


async def get(db: Database, workspace_id: UUID, event_id: UUID) -> bytes | None:
    """The event as JSON; None if there is none in this workspace."""
    rows = await db.read(workspace_id, _GET, event_id)
    return rows[0]["record"].encode() if rows else None


async def lock(tx: Transaction, workspace_id: UUID, event_id: UUID) -> Stored | None:
    text = await tx.fetchval(_LOCK, workspace_id, event_id)
    return None if text is None else Stored.of(text)


async def insert(tx: Transaction, workspace_id: UUID, event: Event) -> Stored:
    """Adds the event; answers it as it is stored."""
    values = [getattr(event, name) for name in _COLUMNS]
    await tx.execute(_INSERT, workspace_id, event.id, event.created_by, *values)
    await tx.execute(_LINK, workspace_id, event.id, list(event.contact_ids))
    return await _stored(tx, workspace_id, event.id)


async def save(tx: Transaction, workspace_id: UUID, event: Event, *, relink: bool) -> Stored:
    """Writes a locked event back with the next version; `relink` when its contacts are others."""
    values = [getattr(event, name) for name in _COLUMNS]
    await tx.execute(_SAVE, workspace_id, event.id, event.deleted_at, *values)
    if relink:
        await tx.execute(_UNLINK, workspace_id, event.id)
        await tx.execute(_LINK, workspace_id, event.id, list(event.contact_ids))
    return await _stored(tx, workspace_id, event.id)


async def purge(tx: Transaction, workspace_id: UUID, event_id: UUID) -> None:
    await tx.execute(_PURGE, workspace_id, event_id)


async def of_contact(tx: Transaction, workspace_id: UUID, contact_id: UUID) -> list[Event]:
    return [_decode(row[0]) for row in await tx.fetch(_OF_CONTACT, workspace_id, contact_id)]


async def remember_move(tx: Transaction, workspace_id: UUID, contact_id: UUID, operation_id: UUID) -> None:
    await tx.execute(_REMEMBER_MOVE, workspace_id, contact_id, operation_id)


async def take_move(tx: Transaction, workspace_id: UUID, contact_id: UUID) -> UUID | None:
    """The operation that moved a merged contact's events, which is then forgotten."""
    operation_id: UUID | None = await tx.fetchval(_TAKE_MOVE, workspace_id, contact_id)
    return operation_id


async def places_in_stream(tx: Transaction, workspace_id: UUID, event_id: UUID) -> list[int | None]:
    """None for a fact that was not sent yet."""
    return [row[0] for row in await tx.fetch(_PLACES, workspace_id, event_id)]


async def in_range(db: Database, workspace_id: UUID, since: datetime, until: datetime, limit: int) -> list[Event]:
    """Events that may appear in `since <= time < until`; at most `limit` single and `limit` recurring ones."""
    rows = await db.read(workspace_id, _IN_RANGE, since, until, limit)
    return [_decode(row["record"]) for row in rows]


class Listed(msgspec.Struct, frozen=True):
    """Rows of one page as JSON texts, and where the next one begins (lane, key, id) if there is one."""

    records: list[str]
    next_after: tuple[int, str | None, str] | None


async def page(
    db: Database,
    workspace_id: UUID,
    conditions: str,
    given: Sequence[Any],
    order: Order,
    after: After | None,
    limit: int,
) -> Listed:
    """One page. `conditions` is SQL over `t` whose arguments are `given` ($2 and on)."""
    found: list[tuple[int, Any]] = []
    for lane in order.lanes():
        if (after is None or lane >= after.lane) and len(found) <= limit:
            rows = await _lane(db, workspace_id, conditions, given, order, after, lane, limit + 1 - len(found))
            found += [(lane, row) for row in rows]
    if len(found) <= limit:
        return Listed([row["record"] for _, row in found], None)
    lane, last = found[limit - 1]
    return Listed([row["record"] for _, row in found[:limit]], (lane, last["key"], last["id"]))


async def _lane(
    db: Database,
    workspace_id: UUID,
    conditions: str,
    given: Sequence[Any],
    order: Order,
    after: After | None,
    lane: int,
    limit: int,
) -> list[Any]:
    arguments = Arguments(list(given))
    where = lane_condition(order, lane, after, arguments)
    bound = arguments.bind(limit, "integer")
    sql = f"""
    select r.record, r.key, r.id from enter($1) e(w), lateral (
        select {RECORD} as record, ({order.key})::text as key, t.id::text as id from event t
        where t.workspace_id = e.w and {conditions} and {where}
        order by {lane_order(order, lane)} limit {bound}) r"""
    return await db.read(workspace_id, sql, *arguments.values)


async def count(db: Database, workspace_id: UUID, conditions: str, given: Sequence[Any]) -> int:
    sql = f"""select r.n from enter($1) e(w), lateral (
        select count(*) as n from event t where t.workspace_id = e.w and {conditions}) r"""
    rows = await db.read(workspace_id, sql, *given)
    return int(rows[0]["n"])


async def _stored(tx: Transaction, workspace_id: UUID, event_id: UUID) -> Stored:
    return Stored.of(await tx.fetchval(_READ_BACK, workspace_id, event_id))
