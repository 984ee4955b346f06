"""A consumer's own book-keeping: what it has handled, what it has tried, what it gave up on. All SQL of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from crm_facts.write import Connection

# Longer than the stream keeps a message, so that none comes back after it was forgotten.
INBOX_DAYS = 31
# A row of attempt whose message is gone from the stream (erased) must not hold its record up for ever. Longer than any
# message waits for its next delivery.
FORGOTTEN_AFTER = timedelta(minutes=20)
BEHIND_ANOTHER_S = 1.0  # until a fact behind an earlier one of its record is looked at again


@dataclass(frozen=True)
class Delivery:
    """What the book says about a fact that has just been delivered."""

    fact_id: UUID
    done: bool  # handled or parked: delivered again
    starts: int  # earlier ones that never ended: crashes
    failures: int
    waits: bool  # for an earlier fact of its record, or until it is due again

    @property
    def is_clean(self) -> bool:
        """Nothing speaks against handling it together with others; its start has been counted."""
        return not (self.done or self.starts or self.failures or self.waits)


# Enters what is new; it starts at once unless it must wait.
# Laterals with a limit: as joins or EXISTS, Postgres may read all that this consumer ever handled for each batch.
_ADMIT = """
with known as (
    select g.fact_id, g.record_id, g.seq, a.starts is null as is_new,
           coalesce(a.starts, 0) as starts, coalesce(a.failures, 0) as failures,
           i.hit is not null or p.hit is not null as done, coalesce(a.due > now(), false) or b.hit is not null as waits
    from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as g(fact_id, record_id, seq)
    left join lateral (
        select a.starts, a.failures, a.due from attempt a where a.consumer = $1 and a.fact_id = g.fact_id limit 1
    ) a on true
    left join lateral (
        select true as hit from inbox i where i.consumer = $1 and i.fact_id = g.fact_id limit 1
    ) i on true
    left join lateral (
        select true as hit from parked p where p.consumer = $1 and p.fact_id = g.fact_id limit 1
    ) p on true
    left join lateral (
        select true as hit from attempt b
        where b.consumer = $1 and b.record_id = g.record_id and b.seq < g.seq
        and b.at > now() - $5::interval and b.fact_id <> all($2) limit 1
    ) b on true
), entered as (
    insert into attempt (consumer, fact_id, record_id, seq, starts)
    select $1, fact_id, record_id, seq, case when waits then 0 else 1 end from known where is_new and not done
    on conflict do nothing
)
select fact_id, done, starts, failures, waits, is_new from known
"""

_MET_AGAIN = """
update attempt set at = now(), starts = case when fact_id = any($3) then 1 else starts end
where consumer = $1 and fact_id = any($2)
"""


async def admit(tx: Connection, consumer: str, facts: Sequence[tuple[UUID, UUID | None, int]]) -> dict[UUID, Delivery]:
    """Enters facts (id, record, place in the stream) and tells what was known of them before.

    A start is counted for those that are clean: their handler is about to run. Facts that are given together don't wait
    for each other: they are handled in order.
    """
    ids, records, places = zip(*facts, strict=True)
    rows = await tx.fetch(_ADMIT, consumer, ids, records, places, FORGOTTEN_AFTER)
    known = {row["fact_id"]: Delivery(*list(row.values())[:-1]) for row in rows}
    if again := [row["fact_id"] for row in rows if not row["is_new"]]:
        await tx.execute(_MET_AGAIN, consumer, again, [id for id in again if known[id].is_clean])
    return known


async def wait_s(tx: Connection, consumer: str, fact_id: UUID) -> float:
    """How long an entered fact must wait: 0 if it may be handled now."""
    seconds: float = await tx.fetchval(
        """
        select case when exists (
            select from attempt b
            where b.consumer = a.consumer and b.record_id = a.record_id and b.seq < a.seq
            and b.at > now() - $3::interval
        ) then $4::float8 else greatest(0, extract(epoch from a.due - now()))::float8 end
        from attempt a where a.consumer = $1 and a.fact_id = $2
        """,
        consumer,
        fact_id,
        FORGOTTEN_AFTER,
        BEHIND_ANOTHER_S,
    )
    return seconds


async def start(tx: Connection, consumer: str, fact_id: UUID) -> None:
    """Counts one more start of a fact that is not clean."""
    await tx.execute("update attempt set starts = starts + 1 where consumer = $1 and fact_id = $2", consumer, fact_id)


async def take_back(tx: Connection, consumer: str, fact_ids: Sequence[UUID]) -> None:
    """Starts that ended without a verdict (a server was away, the process was told to stop) do not count."""
    await tx.execute(
        "update attempt set starts = greatest(starts - 1, 0) where consumer = $1 and fact_id = any($2)",
        consumer,
        fact_ids,
    )


async def fail(tx: Connection, consumer: str, fact_id: UUID, error: str, delays_s: Sequence[float]) -> int:
    """Counts a failure of the handler itself in place of the start; returns how many there are now.

    The next try is due after the delay of that number (the last delay, if there are more failures).
    """
    failures: int = await tx.fetchval(
        """
        update attempt
        set starts = greatest(starts - 1, 0), failures = failures + 1, error = $3,
            due = now() + make_interval(secs => ($4::float8[])[least(failures + 1, cardinality($4::float8[]))])
        where consumer = $1 and fact_id = $2 returning failures
        """,
        consumer,
        fact_id,
        error,
        delays_s,
    )
    return failures


async def claim(tx: Connection, consumer: str, fact_ids: Sequence[UUID]) -> set[UUID]:
    """Marks facts as handled, in the transaction of their effect; returns those that were not handled before."""
    rows = await tx.fetch(
        """
        with done as (delete from attempt where consumer = $1 and fact_id = any($2))
        insert into inbox (consumer, fact_id) select $1, unnest($2::uuid[]) on conflict do nothing returning fact_id
        """,
        consumer,
        fact_ids,
    )
    return {row["fact_id"] for row in rows}


async def enter(tx: Connection, workspace_id: UUID | None) -> None:
    """The rest of the transaction is in this workspace, or in none."""
    await tx.execute(
        "select set_config('app.workspace_id', $1, true)", "" if workspace_id is None else str(workspace_id)
    )


_PARK = """
with tried as (delete from attempt where consumer = $1 and fact_id = $2 returning failures, starts, error)
insert into parked (consumer, fact_id, record_id, subject, body, error, failures, starts)
select $1, $2, $3, $4, $5,
       coalesce(t.error, 'the process ended while it handled this fact'), coalesce(t.failures, 0), coalesce(t.starts, 0)
from (select) none left join tried t on true
on conflict (consumer, fact_id) do nothing
"""


async def park(tx: Connection, consumer: str, fact_id: UUID, record_id: UUID | None, subject: str, body: bytes) -> None:
    """Gives up on a fact: later ones of its record go on, an operator may replay it."""
    await tx.execute(_PARK, consumer, fact_id, record_id, subject, body)


async def save_position(tx: Connection, consumer: str, stream_at: datetime, seq: int) -> None:
    """All facts up to `seq` of the stream made at `stream_at` have been brought to their end."""
    await tx.execute(
        """
        insert into consumer_position (consumer, stream_at, seq) values ($1, $2, $3)
        on conflict (consumer) do update set stream_at = excluded.stream_at, seq = excluded.seq
        """,
        consumer,
        stream_at,
        seq,
    )


async def position(tx: Connection, consumer: str, stream_at: datetime) -> int:
    """What was saved for this very stream, or 0."""
    seq: int | None = await tx.fetchval(
        "select seq from consumer_position where consumer = $1 and stream_at = $2", consumer, stream_at
    )
    return seq or 0


async def sweep(tx: Connection) -> None:
    """Forgets what the stream can't bring again."""
    await tx.execute("delete from inbox where at < now() - make_interval(days => $1)", INBOX_DAYS)


@dataclass(frozen=True)
class Parked:
    id: UUID
    consumer: str
    fact_id: UUID
    subject: str
    error: str
    failures: int
    starts: int
    at: datetime
    replayed_at: datetime | None


async def parked(tx: Connection, *, limit: int = 100) -> list[Parked]:
    """The newest parked facts that were not replayed."""
    rows = await tx.fetch(
        """
        select id, consumer, fact_id, subject, error, failures, starts, at, replayed_at from parked
        where replayed_at is null order by id desc limit $1
        """,
        limit,
    )
    return [Parked(**row) for row in rows]


async def take_parked(tx: Connection, consumer: str, id: UUID) -> Any:
    """Locks a parked fact for its replay; None if this consumer has none of that id that waits."""
    return await tx.fetchrow(
        """
        select fact_id, body from parked
        where consumer = $1 and id = $2 and replayed_at is null and body <> '' for update
        """,
        consumer,
        id,
    )


async def mark_replayed(tx: Connection, id: UUID) -> None:
    await tx.execute("update parked set replayed_at = now() where id = $1", id)
