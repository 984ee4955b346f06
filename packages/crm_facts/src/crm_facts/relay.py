"""The relay: carries facts from a service's outbox to the stream, each at least once, in order per record."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import nats.errors
from nats.js import JetStreamContext

from crm_facts import metrics
from crm_facts.broker import DEFAULT_STREAM, Nats, StreamSettings, ensure_stream, wake_subject
from crm_facts.fact import STREAM, Actor, ChangeData, Event, subject
from crm_facts.lead import Sessions, leading

log = logging.getLogger(__name__)

BATCH = 200  # rows looked at in one go
IN_FLIGHT = 64  # of those that are sent one by one
ACK_S = 5.0
BUSY_S, IDLE_S = 0.2, 1.0  # between looks, where nothing wakes the relay earlier
BUSY_FOR_S = 5.0
CHECK_STREAM_S = 30.0
COUNT_S = 5.0
BACK_OFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
STEADY_S = 10.0  # what ran for so long starts its back-off anew
_DUPLICATE_IN_BATCH = 10_201  # the broker's code: a fact of the batch is in the stream already


class Outgoing(msgspec.Struct, frozen=True):
    """A fact ready to be sent."""

    id: UUID
    record: str  # what order is kept for
    subject: str
    body: bytes
    headers: dict[str, str]


class Relay:
    """`await Relay(db, nats, "contacts").run()` in the worker; of several such processes one sends.

    A fact is marked as sent after the broker's acknowledgement: killed in between, it is sent again, which the stream
    notices within its duplicate window and every consumer's inbox for ever.
    """

    def __init__(self, db: Sessions, nats: Nats, service: str, *, stream: StreamSettings = DEFAULT_STREAM) -> None:
        self._db = db
        self._nats = nats
        self._service = service
        self._settings = stream
        self._js: JetStreamContext = nats.jetstream(timeout=ACK_S)
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """For ever; whatever is away, unsent facts stay unsent until it is back."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._nats.until_connected()
                async with leading(self._db, "relay") as session:
                    if session is not None:
                        await self._lead(session)
                await asyncio.sleep(IDLE_S)  # another process leads: it may be gone the next time
            except Exception as error:
                metrics.relay_errors.labels(self._service, type(error).__name__).inc()
                log.warning("relay begins again: %s", error or type(error).__name__)
                failures = 0 if time.monotonic() - began > STEADY_S else failures
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                failures += 1

    async def _lead(self, session: Any) -> None:
        # A mark that a crash of Postgres takes back costs one message sent twice.
        await session.execute("set synchronous_commit = off; set statement_timeout = 0")
        wake = await self._nats.subscribe(wake_subject(self._service), cb=self._wake)
        metrics.relay_leads.labels(self._service).set(1)
        try:
            await self._send_for_ever(session)
        finally:
            metrics.relay_leads.labels(self._service).set(0)
            with contextlib.suppress(nats.errors.Error):
                await wake.unsubscribe()

    async def _wake(self, _message: object) -> None:
        self._woken.set()

    async def _send_for_ever(self, session: Any) -> None:
        epoch, checked, counted, busy_until = -1, 0.0, 0.0, 0.0
        while True:
            now = time.monotonic()
            if epoch != self._nats.epoch or now - checked > CHECK_STREAM_S:
                epoch, checked = self._nats.epoch, now
                await self._check_stream(session)
            if now - counted > COUNT_S:
                counted = now
                await self._count(session)
            self._woken.clear()
            sent = await self._send_some(session)
            if sent:
                busy_until = now + BUSY_FOR_S
            if sent < BATCH:
                await self._wait(BUSY_S if now < busy_until else IDLE_S)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _send_some(self, session: Any) -> int:
        """Sends the next facts; returns how many there were. Raises if one was not sent, after marking the others."""
        rows = await session.fetch(_UNSENT)
        facts = [self._outgoing(row) for row in rows]
        if len(facts) > 1 and await self._send_batch(session, facts):
            return len(facts)
        for wave in _waves(facts):
            await self._send_wave(session, wave)
        return len(facts)

    async def _send_batch(self, session: Any, facts: Sequence[Outgoing]) -> bool:
        """All of them or none, with one write to the broker's disk; False if they must go one by one.

        ADR-50 of NATS: the messages carry batch and place, the last one commits, and its acknowledgement has the place
        of the last in the stream.
        """
        batch = uuid4().hex
        try:
            for place, fact in enumerate(facts[:-1], 1):
                await self._nats.publish(fact.subject, fact.body, headers=_in_batch(fact, batch, place))
            last = facts[-1]
            commit = _in_batch(last, batch, len(facts)) | {"Nats-Batch-Commit": "1"}
            answer = await self._nats.request(last.subject, last.body, timeout=ACK_S, headers=commit)
        except nats.errors.MaxPayloadError:
            return False  # one of them is too large for this broker: the others must not wait for it
        ack = msgspec.json.decode(answer.data)
        if ack.get("count") != len(facts):
            # An error, or a broker from before batches, which took the messages but acknowledged only the last.
            if ack.get("error", {}).get("err_code") != _DUPLICATE_IN_BATCH:
                log.warning("the broker refused a batch, facts go one by one: %s", answer.data.decode())
            return False
        await self._mark(session, [(fact.id, ack["seq"] - len(facts) + place) for place, fact in enumerate(facts, 1)])
        return True

    async def _send_wave(self, session: Any, facts: Sequence[Outgoing]) -> None:
        """Facts of different records, all in flight at once."""
        acks = await asyncio.gather(*(self._send(fact) for fact in facts), return_exceptions=True)
        await self._mark(
            session,
            [(fact.id, ack) for fact, ack in zip(facts, acks, strict=True) if not isinstance(ack, BaseException)],
        )
        for ack in acks:
            if isinstance(ack, BaseException):
                raise ack

    async def _send(self, fact: Outgoing) -> int:
        ack = await self._js.publish(fact.subject, fact.body, timeout=ACK_S, stream=STREAM, headers=dict(fact.headers))
        return ack.seq

    async def _mark(self, session: Any, sent: Sequence[tuple[UUID, int]]) -> None:
        await session.execute(_MARK, [id for id, _ in sent], [seq for _, seq in sent])
        metrics.relay_published.labels(self._service).inc(len(sent))

    def _outgoing(self, row: Any) -> Outgoing:
        event = self._event(row)
        return Outgoing(
            id=row["id"],
            record=event.subject,
            subject=subject(self._service, row["type"], row["workspace_id"]),
            body=msgspec.json.encode(event),
            headers={"Nats-Msg-Id": str(row["id"]), "Content-Type": "application/cloudevents+json"},
        )

    def _event(self, row: Any) -> Event:
        envelope: dict[str, Any] = {"id": row["id"], "source": f"/{self._service}", "type": row["type"]}
        if row["body"] is not None:
            stated = msgspec.json.decode(row["body"], type=_Stated)
            return Event(
                **envelope,
                subject=stated.subject,
                time=stated.time,
                traceparent=stated.traceparent,
                data=stated.data,
            )
        return Event(
            **envelope,
            subject=str(row["record_id"]),
            time=row["at"],
            traceparent=row["traceparent"],
            data=ChangeData(
                workspace_id=row["workspace_id"],
                noun=row["noun"],
                record_id=row["record_id"],
                version=row["version"],
                operation_id=row["operation_id"],
                operation_kind=row["kind"],
                summary=row["summary"],
                actor=Actor(row["actor_id"], row["actor_name"]),
                request_id=row["request_id"],
                before=msgspec.Raw(row["before"].encode()),
                after=msgspec.Raw(row["after"].encode()),
            ),
        )

    async def _check_stream(self, session: Any) -> None:
        """Makes the stream, and sends again what a lost or shortened one no longer has (B7)."""
        info = await ensure_stream(self._js, self._settings)
        known = await session.fetchval("select created_at from stream where name = $1", STREAM)
        last = await session.fetchval("select max(broker_seq) from outbox where published_at is not null") or 0
        if known == info.created and last <= info.state.last_seq:
            return
        lost_after = info.state.last_seq if known == info.created else 0
        async with session.transaction():
            if known is not None:
                refilled = await session.fetchval(_REFILL, lost_after, self._settings.max_age_s)
                await session.execute("update outbox set lane = 'bulk' where published_at is null")
                log.warning("the stream is younger than the outbox: %d facts are sent again", refilled)
            await session.execute(_REMEMBER_STREAM, STREAM, info.created)

    async def _count(self, session: Any) -> None:
        row = await session.fetchrow(_COUNT)
        metrics.outbox_unsent.labels(self._service).set(row["unsent"])
        age_s = (datetime.now(UTC) - row["oldest"]).total_seconds() if row["oldest"] else 0.0
        metrics.outbox_oldest_s.labels(self._service).set(max(0.0, age_s))


class _Stated(msgspec.Struct):
    """`outbox.body`: a fact that is no change of a record."""

    subject: str
    time: datetime
    traceparent: str
    data: msgspec.Raw


def _in_batch(fact: Outgoing, batch: str, place: int) -> dict[str, str]:
    return {**fact.headers, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(place)}


def _waves(facts: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """Parts in which no record comes twice, so that a failure can't let a record's later fact pass its earlier one."""
    waves: list[list[Outgoing]] = []
    records: set[str] = set()
    for fact in facts:
        if not waves or fact.record in records or len(waves[-1]) == IN_FLIGHT:
            waves.append([])
            records.clear()
        waves[-1].append(fact)
        records.add(fact.record)
    return waves


# 'interactive' sorts after 'bulk'. UUIDv7: by id is by time, and a record's facts are made one after the other.
# The limit stands in the text, because Postgres plans anew each time for one that it is given as a parameter.
_UNSENT = f"""
with unsent as materialized (
    select id, workspace_id, type, lane, body from outbox
    where published_at is null order by lane desc, id limit {BATCH}
)
select u.id, u.workspace_id, u.type, u.body,
       c.noun, c.record_id, c.version, c.operation_id, c.before, c.after, c.at,
       o.kind, o.summary, o.actor_id, o.actor_name, o.request_id, o.traceparent
from unsent u
left join change c on c.workspace_id = u.workspace_id and c.fact_id = u.id
left join operation o on o.workspace_id = c.workspace_id and o.id = c.operation_id
order by u.lane desc, u.id
"""

_MARK = """
update outbox o set published_at = now(), broker_seq = s.seq
from unnest($1::uuid[], $2::bigint[]) as s(id, seq) where o.id = s.id
"""

# The count stops where the exact number no longer matters.
_COUNT = """
select count(*) as unsent, min(uuid_extract_timestamp(id)) as oldest
from (select id from outbox where published_at is null limit 100000) u
"""

# Facts older than the stream keeps are not sent again: the inboxes have forgotten them, and so would the stream have.
_REFILL = """
with again as (
    update outbox set published_at = null, broker_seq = null, lane = 'bulk'
    where published_at is not null and broker_seq > $1 and published_at > now() - make_interval(secs => $2)
    returning 1
)
select count(*) from again
"""

_REMEMBER_STREAM = """
insert into stream (name, created_at) values ($1, $2)
on conflict (name) do update set created_at = excluded.created_at
"""
