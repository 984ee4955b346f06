"""Messages of a durable consumer, as soon as they are there.

nats-py's `fetch(n)` waits for n messages or its time-out once the first has come: up to seconds of delay for a single
fact. Here one request stays open and whatever has arrived is given at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

import msgspec
import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from crm_facts.broker import Nats
from crm_facts.fact import STREAM

EXPIRES_S = 30.0
HEARTBEAT_S = 5.0
_ENDED = {"404", "408"}  # the request is used up: ask again


class ConsumerLost(Exception):
    """The broker no longer answers for this consumer: it must be made sure of anew."""


class Pull:
    """`await pull.open()`, then `await pull.batch()` for ever."""

    def __init__(self, nats: Nats, durable: str, size: int) -> None:
        self._nats = nats
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{durable}"
        self._size = size
        self._arrived: deque[Msg] = deque()
        self._signal = asyncio.Event()
        self._expected = 0  # messages that the open request may still bring
        self._epoch = -1
        self._heard = 0.0
        self._inbox = ""
        self._subscription: Subscription | None = None

    async def open(self) -> None:
        self._inbox = self._nats.new_inbox()
        self._subscription = await self._nats.subscribe(self._inbox, cb=self._arrive)

    async def close(self) -> None:
        if self._subscription is not None and self._nats.is_connected:
            await self._subscription.unsubscribe()

    async def batch(self) -> list[Msg]:
        """The messages that have arrived, at least one, at most `size`. Raises ConsumerLost."""
        while not self._arrived:
            if self._expected <= 0 or self._epoch != self._nats.epoch:
                await self._request()
            await self._wait()
        messages = [self._arrived.popleft() for _ in range(min(self._size, len(self._arrived)))]
        if self._expected <= 0 and not self._arrived:
            await self._request()  # the broker gets the next ones ready while these are handled
        return messages

    async def _request(self) -> None:
        self._expected = self._size
        self._epoch = self._nats.epoch
        self._heard = time.monotonic()
        request = {
            "batch": self._size,
            "expires": int(EXPIRES_S * 1e9),
            "idle_heartbeat": int(HEARTBEAT_S * 1e9),
        }
        await self._nats.publish(self._subject, msgspec.json.encode(request), reply=self._inbox)

    async def _wait(self) -> None:
        self._signal.clear()
        try:
            async with asyncio.timeout(1.0):
                await self._signal.wait()
        except TimeoutError:
            if not self._nats.is_connected:
                raise nats.errors.StaleConnectionError from None
            if time.monotonic() - self._heard > 2 * HEARTBEAT_S:
                raise ConsumerLost("no heartbeat") from None

    async def _arrive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        status = (message.headers or {}).get("Status") if not message.data else None
        if status is None:
            self._expected -= 1
            self._arrived.append(message)
        elif status in _ENDED:
            self._expected = 0
        elif status != "100":
            # 409 (consumer deleted, leader changed, server stops), 503 (nobody answers)
            self._expected = 0
            self._heard = 0.0
        self._signal.set()
