"""The consumer: hands each fact to its handler once, in order per record, whatever is killed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Protocol, TypeVar, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import nats.errors
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import NotFoundError

from crm_facts import inbox, metrics
from crm_facts.broker import DEFAULT_STREAM, Nats, StreamSettings, ensure_stream
from crm_facts.fact import PREFIX, STREAM, Fact, MalformedFact, decode
from crm_facts.lead import leading
from crm_facts.pull import ConsumerLost, Pull

log = logging.getLogger(__name__)

# Measured with a handler that takes many: 87 us of CPU a fact (all processes) in place of 134 with batches of 64.
BATCH = 256
# More than a batch: facts that wait behind a failed one of their record count as unacknowledged as well.
ACK_PENDING_MAX = 1024
ACK_WAIT_S = 30.0
IN_PROGRESS_S = 10.0
RETRY_DELAYS_S = (1.0, 5.0, 30.0, 120.0)  # after the first failure, the second ...
FAILURES_MAX = 5  # reliability.md section 3
CRASHES_MAX = 3
STANDBY_S = 1.0
STOP_S = 2.0
BACK_OFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
STEADY_S = 10.0  # what ran for so long starts its back-off anew
SWEEP_S = 3600.0
LOG_EACH_UP_TO = 8  # facts of a batch that get a line each in the log


class Database(Protocol):
    """What a consumer needs of `crm_db.Database`, with the worker's role."""

    def transaction(self, workspace_id: UUID | None) -> AbstractAsyncContextManager[Any]: ...
    def session(self) -> AbstractAsyncContextManager[Any]: ...
    async def ping(self) -> None: ...


Handler = Callable[[Any, Any], Awaitable[None]]
F = TypeVar("F", bound=Callable[..., Awaitable[None]])


def batched(handler: F) -> F:
    """Has a handler called as `fn(tx, facts)` with consecutive facts of one workspace, for one statement in place of
    many: imports come as thousands of facts."""
    handler.takes_many = True  # type: ignore[attr-defined]
    return handler


@dataclass(frozen=True)
class Message:
    """A delivered message; `fact` is None if its body could not be read."""

    raw: Msg
    id: UUID
    seq: int
    fact: Fact | None
    error: str = ""

    @property
    def record_id(self) -> UUID | None:
        return None if self.fact is None else self.fact.record_id

    @classmethod
    def of(cls, raw: Msg) -> Message:
        seq = raw.metadata.sequence.stream
        try:
            fact = decode(raw.data)
        except MalformedFact as error:
            return cls(raw, uuid5(NAMESPACE_URL, f"{STREAM}/{seq}"), seq, None, f"not a fact: {error}")
        return cls(raw, fact.id, seq, fact)


class Consumer:
    """`await Consumer(db, nats, service="events", name="timeline", subjects=["contacts.>"], handlers={...}).run()`.

    subjects: `<service>.<noun>.<verb>` with NATS' wildcards, of every workspace (or whole ones, from `facts.v1.` on).
    handlers: by type, `contact.created` before `contact.*` before `*`; a fact that none fits is passed over.
    A handler is called inside the transaction that also marks the fact as handled, with the fact's workspace set. What
    it raises counts as its failure, except what says that a server was away (ConnectionError, TimeoutError, a broker
    error, an error with `retry_after_s` or a status from 500 on): then the same facts are tried until it is back.
    After five failures, or three times that the process died in the handler, the fact is parked; until then later facts
    of the same record wait, others go on.
    """

    def __init__(
        self,
        db: Database,
        nats: Nats,
        *,
        service: str,
        name: str,
        subjects: Sequence[str],
        handlers: Mapping[str, Handler],
        stream: StreamSettings = DEFAULT_STREAM,
        retry_delays_s: Sequence[float] = RETRY_DELAYS_S,
        ack_wait_s: float = ACK_WAIT_S,
    ) -> None:
        for type_ in handlers:
            if not re.fullmatch(r"\*|[a-z_]+\.(\*|[a-z_]+)", type_):
                raise ValueError(f"'{type_}' is no type of fact: 'contact.created', 'contact.*' or '*'")
        self.name = f"{service}_{name}"
        self._db = db
        self._nats = nats
        self._js = nats.jetstream(timeout=5)
        self._subjects = [s if s.startswith(PREFIX) else f"{PREFIX}.*.{s}" for s in subjects]
        self._handlers = dict(handlers)
        self._stream = stream
        self._retry_delays_s = retry_delays_s
        self._ack_wait_s = ack_wait_s
        self._started: set[UUID] = set()  # counted as started by this process, without a verdict so far

    async def run(self) -> None:
        """For ever; nothing is fetched while the database is away."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep_for_ever(), name=f"{self.name}-sweep")
            tasks.create_task(self._consume_for_ever(), name=self.name)

    async def replay(self, parked_id: UUID) -> bool:
        """Tries a parked fact again, at once; False if there is none of that id. What the handler raises is raised."""
        async with self._db.transaction(None) as tx:
            row = await inbox.take_parked(tx, self.name, parked_id)
            if row is None:
                return False
            if await inbox.claim(tx, self.name, [row["fact_id"]]):
                await self._deliver(tx, [decode(row["body"])])
            await inbox.mark_replayed(tx, parked_id)
        return True

    async def _consume_for_ever(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._nats.until_connected()
                await self._db.ping()
                async with leading(self._db, self.name) as session:
                    if session is not None:
                        await self._take_back()
                        await self._consume()
                await asyncio.sleep(STANDBY_S)  # of several workers one consumes, else a record's facts would race
            except Exception as error:
                if not (is_away(error) or isinstance(error, (ConsumerLost, OSError))):
                    log.exception("%s: unexpected error", self.name)
                log.warning("%s waits: %s", self.name, error or type(error).__name__)
                metrics.consumer_waits.labels(self.name).inc()
                failures = 0 if time.monotonic() - began > STEADY_S else failures
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                failures += 1

    async def _consume(self) -> None:
        """Until a server is away, or the process is told to stop."""
        await self._subscribe()
        pull = Pull(self._nats, self.name, BATCH)
        await pull.open()
        try:
            while True:
                await self._handle(await pull.batch())
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(STOP_S):
                    await self._take_back()
            raise
        finally:
            with contextlib.suppress(nats.errors.Error):
                await pull.close()

    async def _subscribe(self) -> None:
        """Makes the broker's consumer anew, from the first fact on that was not brought to its end.

        What an earlier process had in hand when it died would else come again only after `ack_wait`, behind newer facts
        of the same records. What is delivered twice by this is in the inbox.
        """
        stream = await ensure_stream(self._js, self._stream)
        stream_at = cast(datetime, stream.created)  # optional only in requests
        try:
            seq = (await self._js.consumer_info(STREAM, self.name)).ack_floor.stream_seq
            async with self._db.transaction(None) as tx:
                await inbox.save_position(tx, self.name, stream_at, seq)
            await self._js.delete_consumer(STREAM, self.name)
        except NotFoundError:
            async with self._db.transaction(None) as tx:
                seq = await inbox.position(tx, self.name, stream_at)
        if seq > stream.state.last_seq:  # the stream was put back to an earlier state
            seq = 0
        await self._js.add_consumer(STREAM, self._config(after=seq))

    def _config(self, *, after: int) -> api.ConsumerConfig:
        return api.ConsumerConfig(
            durable_name=self.name,
            filter_subjects=self._subjects,
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=self._ack_wait_s,
            max_deliver=-1,  # the broker would drop silently (reliability.md, trap 3); parking is ours
            max_ack_pending=ACK_PENDING_MAX,
        )

    async def _handle(self, raw: Sequence[Msg]) -> None:
        """Brings each message to its end: acknowledged, or to come again later. Raises if a server is away."""
        async with self._in_progress(raw):
            messages: dict[UUID, Message] = {}
            for message in sorted(map(Message.of, raw), key=lambda message: message.seq):
                if message.id in messages:
                    await message.raw.ack()  # sent twice; the first one's end is the end of both
                else:
                    messages[message.id] = message
            await self._try(list(messages.values()))

    async def _try(self, messages: Sequence[Message]) -> None:
        known = await self._admit(messages)
        if all(message.fact and known[message.id].is_clean for message in messages):
            try:
                await self._apply(messages)
                return
            except Exception as error:
                if is_away(error):
                    raise
                # One of them failed. Which one is found, and the others are handled, by taking them one by one.
        for message in messages:
            await self._try_alone(message, known[message.id])

    async def _admit(self, messages: Sequence[Message]) -> dict[UUID, inbox.Delivery]:
        """Enters the attempts before anything is tried; those that may start have been counted as started."""
        async with self._db.transaction(None) as tx:
            # Lost in a crash of Postgres, a start is counted one time too few: no harm, and no wait for the disk.
            await tx.execute("set local synchronous_commit = off")
            known = await inbox.admit(tx, self.name, [(m.id, m.record_id, m.seq) for m in messages])
        self._started.update(id for id, delivery in known.items() if delivery.is_clean)
        return known

    async def _try_alone(self, message: Message, known: inbox.Delivery) -> None:
        if known.done:
            await message.raw.ack()
        elif known.starts >= CRASHES_MAX or known.failures >= FAILURES_MAX:
            await self._park(message)
        elif wait_s := await self._start_or_wait_s(message):
            await message.raw.nak(delay=wait_s)
        else:
            await self._apply_or_fail(message)

    async def _start_or_wait_s(self, message: Message) -> float:
        """Counts the start, if that was not done yet, or says how long the fact must wait."""
        async with self._db.transaction(None) as tx:
            wait_s = await inbox.wait_s(tx, self.name, message.id)  # an earlier fact of this batch may have failed
            counted = message.id in self._started
            if wait_s and counted:
                await inbox.take_back(tx, self.name, [message.id])
            elif not wait_s and not counted:
                await inbox.start(tx, self.name, message.id)
        if wait_s:
            self._started.discard(message.id)
        else:
            self._started.add(message.id)
        return wait_s

    async def _apply(self, messages: Sequence[Message]) -> None:
        """Effects and inbox in one transaction, then the acknowledgements."""
        async with self._db.transaction(None) as tx:
            new = await inbox.claim(tx, self.name, [message.id for message in messages])
            await self._deliver(tx, [m.fact for m in messages if m.fact is not None and m.id in new])
        self._started.difference_update(message.id for message in messages)
        for message in messages:
            await message.raw.ack()
        metrics.consumer_handled.labels(self.name).inc(len(messages))
        self._log_handled([m.fact for m in messages if m.fact is not None])

    async def _apply_or_fail(self, message: Message) -> None:
        try:
            if message.fact is None:
                raise MalformedFact(message.error)
            await self._apply([message])
        except Exception as error:
            if is_away(error):
                raise
            await self._failed(message, error)

    async def _failed(self, message: Message, error: Exception) -> None:
        metrics.consumer_failed.labels(self.name).inc()
        more = _for_log(message.fact) if message.fact else {}
        log.error("%s failed on fact %s", self.name, message.id, exc_info=error, extra=more)
        async with self._db.transaction(None) as tx:
            text = f"{type(error).__name__}: {error}"
            failures = await inbox.fail(tx, self.name, message.id, text, self._retry_delays_s)
            wait_s = await inbox.wait_s(tx, self.name, message.id)
        self._started.discard(message.id)
        if failures >= FAILURES_MAX:
            await self._park(message)
        else:
            await message.raw.nak(delay=wait_s)

    async def _park(self, message: Message) -> None:
        async with self._db.transaction(None) as tx:
            await inbox.park(tx, self.name, message.id, message.record_id, message.raw.subject, message.raw.data)
        self._started.discard(message.id)
        metrics.parked.labels(self.name).inc()
        log.error("%s parked fact %s", self.name, message.id)
        await message.raw.ack()

    async def _deliver(self, tx: Any, facts: Sequence[Fact]) -> None:
        """Calls the handlers, in order; neighbours of one workspace and handler go together where it takes many."""
        for (workspace_id, handler), group in groupby(facts, key=lambda fact: (fact.workspace_id, self._handler(fact))):
            if handler is None:
                continue
            await inbox.enter(tx, workspace_id)
            if getattr(handler, "takes_many", False):
                await handler(tx, list(group))
            else:
                for fact in group:
                    await handler(tx, fact)

    def _handler(self, fact: Fact) -> Handler | None:
        noun = fact.type.partition(".")[0]
        return next((self._handlers[t] for t in (fact.type, f"{noun}.*", "*") if t in self._handlers), None)

    @asynccontextmanager
    async def _in_progress(self, raw: Sequence[Msg]) -> AsyncIterator[None]:
        """Tells the broker now and then that these are worked on, so that it does not deliver them again."""

        async def tell() -> None:
            while True:
                await asyncio.sleep(min(IN_PROGRESS_S, self._ack_wait_s / 3))
                for message in raw:
                    if not message.is_acked:
                        with contextlib.suppress(nats.errors.Error):
                            await message.in_progress()

        task = asyncio.create_task(tell(), name=f"{self.name}-in-progress")
        try:
            yield
        finally:
            task.cancel()

    async def _take_back(self) -> None:
        """What was started here and has no verdict (a server was away, the process was told to stop) did not crash."""
        if self._started:
            async with self._db.transaction(None) as tx:
                await inbox.take_back(tx, self.name, list(self._started))
            self._started.clear()

    async def _sweep_for_ever(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # the next time will do
                async with self._db.transaction(None) as tx:
                    await inbox.sweep(tx)
            await asyncio.sleep(SWEEP_S)

    def _log_handled(self, facts: Sequence[Fact]) -> None:
        now = datetime.now(UTC)
        for fact in facts:
            metrics.consumer_lag_s.labels(self.name).observe((now - fact.time).total_seconds())
        if len(facts) > LOG_EACH_UP_TO:
            log.info("%s handled %d facts", self.name, len(facts))
            return
        for fact in facts:
            log.info("%s handled %s", self.name, fact.type, extra=_for_log(fact))


def _for_log(fact: Fact) -> dict[str, str]:
    return {"fact_id": str(fact.id), "request_id": fact.request_id, "trace_id": fact.traceparent[3:35]}


def is_away(error: BaseException) -> bool:
    """Whether a server is at fault, not the fact or its handler; then trying again later is right."""
    if isinstance(error, (nats.errors.Error, ConnectionError, TimeoutError)):
        return True
    return getattr(error, "retry_after_s", None) is not None or getattr(error, "status", 0) >= 500
