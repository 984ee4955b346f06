"""The connection to NATS and the stream that facts travel in."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NotFoundError

from crm_facts.fact import PREFIX, STREAM

log = logging.getLogger(__name__)

START_WAIT_S = 2.0
PING_TIMEOUT_S = 1.0
PONG_WITHIN_S = 60  # longer than a silent connection lives (ping_interval, max_outstanding_pings)
_DAY_S = 86_400.0
_NO_SUCH_MESSAGE = {10_037, 10_043}  # the broker's codes


class Nats(Client):
    """A client that never gives up; `ping` is what readiness asks."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0  # counts connections: what was asked of an earlier one is lost
        self._connecting: asyncio.Task[None] | None = None
        self._asked: asyncio.Task[None] | None = None
        self._asked_in = -1  # which epoch

    async def ping(self) -> None:
        """Raises nats.errors.Error if the server does not answer within a second."""
        if not self.is_connected:
            raise nats.errors.StaleConnectionError
        # A question that was asked is never given up: nats-py's reader dies of the answer to one that was, and the
        # connection hears nothing more until the next is made.
        if self._asked is None or self._asked.done() or self._asked_in != self.epoch:
            self._asked_in = self.epoch
            self._asked = asyncio.create_task(self.flush(timeout=PONG_WITHIN_S), name="nats-ping")
        answered, _ = await asyncio.wait([self._asked], timeout=PING_TIMEOUT_S)
        if not answered:
            raise nats.errors.TimeoutError
        self._asked.result()

    async def until_connected(self) -> None:
        while not self.is_connected:
            if self.is_closed:
                raise nats.errors.ConnectionClosedError
            await asyncio.sleep(0.1)

    async def _start(self, nats_url: str, name: str) -> None:
        async def connected() -> None:
            self.epoch += 1
            log.info("connected to NATS again")

        async def disconnected() -> None:
            log.warning("lost the connection to NATS, trying to get it back")

        async def failed(error: Exception) -> None:
            # One for every try: the callbacks above say what matters.
            log.debug("NATS: %s", error)

        await self.connect(
            servers=nats_url.split(","),
            name=name,
            max_reconnect_attempts=-1,  # the default gives up after two minutes (reliability.md, trap 4)
            reconnect_time_wait=0.5,  # type: ignore[arg-type]  # seconds, used in sleep()
            connect_timeout=2,
            ping_interval=10,
            max_outstanding_pings=2,
            reconnected_cb=connected,
            disconnected_cb=disconnected,
            error_cb=failed,
        )
        self.epoch += 1

    async def close(self) -> None:
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
        if self._asked is not None:
            self._asked.cancel()
        await super().close()


async def connect(nats_url: str, name: str) -> Nats:
    """A client for one or more servers (comma list), connected if one is there within two seconds.

    If not, it goes on trying in the background, as it does for ever after each loss.
    """
    client = Nats()
    client._connecting = asyncio.create_task(client._start(nats_url, name), name="nats-connect")
    done, _ = await asyncio.wait([client._connecting], timeout=START_WAIT_S)
    if not done:
        log.warning("NATS away at start, waiting for it")
    for task in done:
        task.result()
    return client


@dataclass(frozen=True)
class StreamSettings:
    """Of the stream FACTS; reliability.md section 3."""

    max_age_s: float = 30 * _DAY_S
    max_bytes: int = 1_073_741_824
    duplicate_window_s: float = 120.0
    replicas: int = 1  # 3 over three zones where NATS is a cluster


DEFAULT_STREAM = StreamSettings()


async def ensure_stream(js: JetStreamContext, settings: StreamSettings = DEFAULT_STREAM) -> api.StreamInfo:
    """Makes the streams, or brings their settings up to date."""
    wanted = api.StreamConfig(
        name=STREAM,
        subjects=[f"{PREFIX}.>"],
        storage=api.StorageType.FILE,
        retention=api.RetentionPolicy.LIMITS,
        max_age=settings.max_age_s,
        max_bytes=settings.max_bytes,
        discard=api.DiscardPolicy.NEW,  # full: the relay keeps what it can't send
        duplicate_window=settings.duplicate_window_s,
        num_replicas=settings.replicas,
        # One write to the disk for a batch: with sync_interval "always" about ten times the facts a second.
        allow_atomic=True,
    )
    # Nothing here should ever give up on a message in the broker; if something does, it is kept where it can be seen.
    given_up = api.StreamConfig(
        name=f"{STREAM}_GIVEN_UP",
        subjects=[f"$JS.EVENT.ADVISORY.CONSUMER.{event}.{STREAM}.>" for event in ("MAX_DELIVERIES", "MSG_TERMINATED")],
        max_age=7 * _DAY_S,
        max_bytes=10_485_760,
        num_replicas=settings.replicas,
    )
    await _ensure(js, given_up)
    return await _ensure(js, wanted)


async def _ensure(js: JetStreamContext, wanted: api.StreamConfig) -> api.StreamInfo:
    try:
        info = await js.stream_info(str(wanted.name))
    except NotFoundError:
        return await js.add_stream(wanted)
    if _differs(info.config, wanted):
        return await js.update_stream(wanted)
    return info


def _differs(present: api.StreamConfig, wanted: api.StreamConfig) -> bool:
    names = ("subjects", "max_age", "max_bytes", "discard", "duplicate_window", "num_replicas", "allow_atomic")
    return any(_plain(present, name) != _plain(wanted, name) for name in names)


def _plain(config: api.StreamConfig, name: str) -> Any:
    value = getattr(config, name)
    return value or None  # False, 0 and absent mean the same


async def erase_messages(js: JetStreamContext, sequences: list[int]) -> None:
    """Removes messages from the stream by their place; one that is gone already is no error."""
    last = (await js.stream_info(STREAM)).state.last_seq
    for sequence in (sequence for sequence in sequences if sequence <= last):
        try:
            await js.delete_msg(STREAM, sequence)
        except APIError as error:
            if error.err_code not in _NO_SUCH_MESSAGE:
                raise


class Waker:
    """Tells a service's relay, which is another process, that facts wait: so none waits for the relay's next look.

    A plain message without acknowledgement: if it is lost, the relay looks by itself within a second.
    """

    def __init__(self, nats: Nats, service: str) -> None:
        self._nats = nats
        self._subject = wake_subject(service)
        self._running: asyncio.Task[None] | None = None
        self._again = False

    def wake(self) -> None:
        """Returns at once; calls while a message is on its way are folded into one more."""
        if self._running is not None and not self._running.done():
            self._again = True
        elif self._nats.is_connected:
            self._running = asyncio.create_task(self._send(), name="wake-relay")

    async def _send(self) -> None:
        try:
            await self._nats.publish(self._subject)
            while self._again:
                self._again = False
                await self._nats.publish(self._subject)
        except (nats.errors.Error, OSError) as error:
            log.debug("relay not woken: %s", error)


def wake_subject(service: str) -> str:
    return f"wake.{service}"
