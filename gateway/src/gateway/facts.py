"""Listens to the facts of all services, for as long as the gateway runs: live streams and memories hang on it.

Nothing is kept and nothing is acknowledged: an ordered consumer per gateway, which goes on where it was after any
outage.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from gateway.metrics import FACTS_SEEN

log = logging.getLogger(__name__)

STREAM = "FACTS"
SUBJECTS = "facts.v1.>"
CHECK_EVERY_S = 2.0
RETRY_S = 0.5
PING_TIMEOUT_S = 1.0
PONG_WITHIN_S = 60  # longer than a silent connection lives
HEARTBEAT_S = 5.0
REPLAY_MAX = 2000
REPLAY_BATCH = 250
REPLAY_WAIT_S = 2.0


class Data(msgspec.Struct):
    """What the gateway reads of a fact; the rest is not its business."""

    record_id: str | None = None
    version: int | None = None
    operation_id: str | None = None
    actor: dict[str, Any] | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    user_id: str | None = None
    session_id: UUID | None = None  # session.ended
    expires_at: datetime | float | None = None  # session.ended: of the last token


class Event(msgspec.Struct):
    type: str
    subject: str | None = None
    data: Data = msgspec.field(default_factory=Data)


@dataclass(frozen=True, slots=True)
class Fact:
    """`position` is the sequence in the stream; `workspace_id` is None for what belongs to none."""

    position: int
    workspace_id: str | None
    event: Event

    @property
    def type(self) -> str:
        return self.event.type


@dataclass(frozen=True, slots=True)
class Gap:
    """The stream is another than before, or lost what was not heard yet: what was derived from it may be wrong."""


Listener = Callable[[Fact | Gap], None]


class GapTooLong(Exception):
    """What lies between a position and now cannot be told any more, or is too much to be worth telling."""


class Feed:
    """`listener` is called for each fact, in order; it must not block."""

    def __init__(self, nats_url: str, listener: Listener) -> None:
        self._servers = nats_url.split(",")
        self._listener = listener
        self._client = Client()
        self._js: JetStreamContext
        self._subscription: JetStreamContext.PushSubscription | None = None
        self.position = 0  # of the last fact heard
        self._asked: asyncio.Task[None] | None = None  # whether the broker is there
        self._asked_in = -1  # over which connection

    async def run(self) -> None:
        """For ever; a broker that is away is waited for."""
        await self._connect()
        while True:
            try:
                await self._listen()
            except NotFoundError:
                log.debug("no stream of facts yet")
            except (NatsError, TimeoutError, OSError) as error:
                log.warning("facts are not heard: %r", error)
            await self._unsubscribe()
            await asyncio.sleep(RETRY_S)

    async def close(self) -> None:
        await self._unsubscribe()
        if self._asked is not None:
            self._asked.cancel()
        if self._client.is_connected:
            await self._client.close()

    async def ping(self) -> None:
        if not self._client.is_connected or self._subscription is None:
            raise ConnectionError("not connected to the broker")
        # A question that was asked is never given up: nats-py's reader dies of the answer to one that was, and the
        # connection hears nothing more until the next is made.
        connection = self._client.stats["reconnects"]
        if self._asked is None or self._asked.done() or self._asked_in != connection:
            self._asked_in = connection
            self._asked = asyncio.create_task(self._client.flush(timeout=PONG_WITHIN_S), name="nats-ping")
        answered, _ = await asyncio.wait([self._asked], timeout=PING_TIMEOUT_S)
        if not answered:
            raise TimeoutError
        self._asked.result()

    async def replay(self, workspace_id: str, after: int, until: int) -> AsyncIterator[Fact]:
        """The facts of a workspace with a position above `after`, up to `until`; raises `GapTooLong`."""
        state = (await self._js.stream_info(STREAM)).state
        if after > state.last_seq or after + 1 < state.first_seq:
            raise GapTooLong
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=REPLAY_WAIT_S * 5,
            mem_storage=True,
        )
        subscription = await self._js.pull_subscribe(f"facts.v1.{workspace_id}.>", stream=STREAM, config=config)
        try:
            waiting = (await subscription.consumer_info()).num_pending or 0
            if waiting > REPLAY_MAX:
                raise GapTooLong
            while waiting:
                messages = await subscription.fetch(min(waiting, REPLAY_BATCH), timeout=REPLAY_WAIT_S)
                waiting -= len(messages)
                for fact in filter(None, map(parse, messages)):
                    if fact.position <= until:
                        yield fact
        finally:
            await subscription.unsubscribe()

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    servers=self._servers,
                    name="gateway",
                    max_reconnect_attempts=-1,  # nats-py gives up after two minutes otherwise
                    reconnect_time_wait=RETRY_S,  # type: ignore[arg-type]  # seconds, given to sleep()
                    connect_timeout=2,
                    ping_interval=10,
                    error_cb=_log_error,
                )
                break
            except (NatsError, OSError, TimeoutError) as error:
                log.debug("the broker is not reached yet: %r", error)
                self._client = Client()
                await asyncio.sleep(RETRY_S)
        self._js = self._client.jetstream(timeout=2)

    async def _listen(self) -> None:
        """Returns when the subscription no longer brings what the stream has."""
        state = (await self._js.stream_info(STREAM)).state
        if self.position == 0:
            self.position = state.last_seq  # what was before us is nobody's news
        elif state.last_seq < self.position or state.first_seq > self.position + 1:
            self.position = state.last_seq
            self._listener(Gap())
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.position + 1,
            ack_policy=AckPolicy.NONE,
        )
        self._subscription = await self._js.subscribe(
            SUBJECTS, stream=STREAM, ordered_consumer=True, config=config, cb=self._heard, idle_heartbeat=HEARTBEAT_S
        )
        await self._watch()

    async def _watch(self) -> None:
        behind_at = -1
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            last = (await self._js.stream_info(STREAM)).state.last_seq
            if last < self.position or (last > self.position and self.position == behind_at):
                return
            behind_at = self.position if last > self.position else -1

    async def _heard(self, message: Msg) -> None:
        position = message.metadata.sequence.stream
        if position <= self.position:
            return
        self.position = position
        FACTS_SEEN.inc()
        fact = parse(message)
        if fact is not None:
            self._listener(fact)

    async def _unsubscribe(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None and self._client.is_connected:
            try:
                await subscription.unsubscribe()
            except NatsError as error:
                log.debug("the old subscription could not be ended: %r", error)


def parse(message: Msg) -> Fact | None:
    """None for what is no fact: it must not keep the others from being heard."""
    workspace_id = message.subject.split(".")[2]
    try:
        event = msgspec.json.decode(message.data, type=Event)
    except msgspec.MsgspecError:
        log.warning("no fact at position %d of the stream", message.metadata.sequence.stream)
        return None
    return Fact(message.metadata.sequence.stream, None if workspace_id == "-" else workspace_id, event)


async def _log_error(error: Exception) -> None:
    log.debug("broker: %r", error)
