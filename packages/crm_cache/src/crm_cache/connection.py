"""One connection: commands of one turn of the event loop leave in one write, replies come back in order."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any

import hiredis

from crm_cache.errors import ReplyRefused, ValkeyDown

TICK_S = 0.005
# An unanswered command this old means a frozen server or a dead line: everybody stops waiting.
LOST_AFTER_S = 0.06
WAITING_MAX = 10_000

_NOTHING = object()


@dataclass(slots=True, eq=False)
class _Waiting:
    future: asyncio.Future[Any]
    sent_at: float
    deadline: float


class Connection(asyncio.Protocol):
    """`watched=False` while it is being set up: a frozen server may take its time to accept us."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(notEnoughData=_NOTHING)
        self._transport: asyncio.Transport | None = None
        self._outgoing: list[bytes] = []
        self._waiting: deque[_Waiting] = deque()
        self._ticking = False
        self._last_tick = 0.0
        self.watched = False
        self.lost_after_s = LOST_AFTER_S
        self.lost: asyncio.Future[None] = self._loop.create_future()

    def ask(self, *command: Any, timeout_s: float) -> asyncio.Future[Any]:
        """The reply, or ValkeyDown at `timeout_s`, or ReplyRefused."""
        future = self._loop.create_future()
        if self.lost.done() or len(self._waiting) >= WAITING_MAX:
            future.set_exception(ValkeyDown("not connected"))
            return future
        now = self._loop.time()
        self._waiting.append(_Waiting(future, now, now + timeout_s))
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(hiredis.pack_command(command))
        if not self._ticking:
            self._start_ticking(now)
        return future

    def close(self) -> None:
        if self._transport is not None:
            # close, not abort: what was sent (a bump) still reaches a server that is only slow to read it
            self._transport.close()
        self._fail_all()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail_all()

    def data_received(self, data: bytes) -> None:
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _NOTHING:
                self._resolve(reply)
        except hiredis.ProtocolError:
            self.close()

    def _resolve(self, reply: Any) -> None:
        future = self._waiting.popleft().future
        if future.done():  # timed out or cancelled meanwhile
            return
        if isinstance(reply, hiredis.ReplyError):
            future.set_exception(ReplyRefused(str(reply)))
        else:
            future.set_result(reply)

    def _flush(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()

    def _start_ticking(self, now: float) -> None:
        self._ticking = True
        self._last_tick = now
        self._loop.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        """One timer for all commands under way; it stops when there are none."""
        now = self._loop.time()
        late = now - self._last_tick
        self._last_tick = now
        if not self._waiting or self.lost.done():
            self._ticking = False
            return
        # If our own loop stood still, the replies may lie unread in the socket: look again in the next tick.
        if late < 3 * TICK_S:
            self._expire(now)
        self._loop.call_later(TICK_S, self._tick)

    def _expire(self, now: float) -> None:
        for waiting in self._waiting:
            if waiting.deadline <= now and not waiting.future.done():
                waiting.future.set_exception(ValkeyDown("no answer in time"))
        if self.watched and self._waiting and now - self._waiting[0].sent_at >= self.lost_after_s:
            self.close()

    def _fail_all(self) -> None:
        if not self.lost.done():
            self.lost.set_result(None)
        for waiting in self._waiting:
            if not waiting.future.done():
                waiting.future.set_exception(ValkeyDown("connection lost"))
        self._waiting.clear()
