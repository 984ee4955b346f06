"""Facts to browsers: server-sent events, one line per fact of the workspace (api.md, Stream; case G11)."""

import asyncio
import time
from collections import deque

import msgspec

from gateway import problems
from gateway.exchange import Exchange
from gateway.facts import Fact, Feed, Gap, GapTooLong
from gateway.metrics import STREAMS
from gateway.problems import Header

QUEUE_MAX = 512
RECONNECT_MS = 1000

HEAD: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx in front would hold lines back otherwise
)
HEARTBEAT = b": still here\n\n"
LAST_WORDS = b"retry: %d\n\n" % RECONNECT_MS


class Listener:
    """One browser. A slow one loses lines, is told so by `reset`, and never costs more than its queue."""

    def __init__(self, *, workspace_id: str, user_id: str, session_id: str) -> None:
        self.workspace_id = workspace_id
        self.user_id = user_id
        self.session_id = session_id
        self.ended = False
        self._lines: deque[tuple[int, bytes]] = deque()
        self._news = asyncio.Event()

    def put(self, position: int, line: bytes) -> None:
        if len(self._lines) >= QUEUE_MAX:
            self.reset(position)
        else:
            self._lines.append((position, line))
            self._news.set()

    def reset(self, position: int) -> None:
        self._lines.clear()
        self._lines.append((position, reset_line(position)))
        self._news.set()

    def end(self) -> None:
        self.ended = True
        self._news.set()

    async def take(self, timeout_s: float, *, after: int) -> bytes | None:
        """All waiting lines above a position, or None when there were none for so long."""
        if not self._lines and not self.ended:
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
            except TimeoutError:
                return None
        self._news.clear()
        lines = b"".join(line for position, line in self._lines if position > after)
        self._lines.clear()
        return lines


class LiveStream:
    """Everybody who listens, by workspace."""

    def __init__(self, feed: Feed | None, *, heartbeat_s: float) -> None:
        self._feed = feed
        self._heartbeat_s = heartbeat_s
        self._listeners: dict[str, set[Listener]] = {}
        self._draining = False

    async def __call__(self, x: Exchange) -> None:
        """`GET /api/v1/stream`. Ends with the session, with the token, or when this gateway stops."""
        if self._feed is None:
            raise problems.unavailable("This installation has no broker to hear facts from.")
        claims, member = x.identified
        if x.method == "HEAD" or self._draining:
            await x.start(200, HEAD)
            await x.finish(b"" if x.method == "HEAD" else LAST_WORDS)
            return
        listener = Listener(workspace_id=member.workspace_id, user_id=member.user_id, session_id=str(claims.session_id))
        self._listeners.setdefault(listener.workspace_id, set()).add(listener)
        STREAMS.inc()
        try:
            await self._tell(x, listener, self._feed, until=claims.expires_at)
        finally:
            STREAMS.dec()
            self._leave(listener)

    async def _tell(self, x: Exchange, listener: Listener, feed: Feed, *, until: float) -> None:
        here = feed.position
        await x.start(200, HEAD)
        await x.write(await self._missed(x, listener, feed, here))
        while not listener.ended and time.time() < until:
            lines = await listener.take(min(self._heartbeat_s, max(0.0, until - time.time())), after=here)
            await x.write(HEARTBEAT if lines is None else lines)
        await x.finish(LAST_WORDS)

    async def _missed(self, x: Exchange, listener: Listener, feed: Feed, here: int) -> bytes:
        """What went by since `Last-Event-ID`. What comes while we look is in the listener's queue already."""
        last = x.headers.get(b"last-event-id", b"").strip()
        if not last:
            return b"retry: %d\n: listening\nid: %d\n\n" % (RECONNECT_MS, here)
        if not last.isdigit():
            return reset_line(here)
        try:
            missed = [line_of(fact) async for fact in feed.replay(listener.workspace_id, int(last), here)]
        except GapTooLong:
            return reset_line(here)
        return b"retry: %d\n\n%b" % (RECONNECT_MS, b"".join(missed))

    def hear(self, fact: Fact | Gap, position: int) -> None:
        if isinstance(fact, Gap):
            for listener in self._all():
                listener.reset(position)
            return
        if fact.workspace_id is None:
            return
        listeners = self._listeners.get(fact.workspace_id)
        if listeners:
            line = line_of(fact)
            for listener in listeners:
                listener.put(fact.position, line)

    def end_session(self, session_id: str) -> None:
        for listener in self._all():
            if listener.session_id == session_id:
                listener.end()

    def end_member(self, workspace_id: str, user_ids: set[str]) -> None:
        for listener in self._listeners.get(workspace_id, ()):
            if listener.user_id in user_ids:
                listener.end()

    def drain(self) -> None:
        """Every browser is told to come back, which it will to another gateway."""
        self._draining = True
        for listener in self._all():
            listener.end()

    def _all(self) -> list[Listener]:
        return [listener for listeners in self._listeners.values() for listener in listeners]

    def _leave(self, listener: Listener) -> None:
        listeners = self._listeners[listener.workspace_id]
        listeners.discard(listener)
        if not listeners:
            del self._listeners[listener.workspace_id]


def line_of(fact: Fact) -> bytes:
    data = fact.event.data
    told = {
        "type": fact.type,
        "id": data.record_id or fact.event.subject,
        "version": data.version,
        "actor_id": (data.actor or {}).get("id"),
        "operation_id": data.operation_id,
    }
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (fact.position, fact.type.encode(), msgspec.json.encode(told))


def reset_line(position: int) -> bytes:
    return b"id: %d\nevent: reset\ndata: {}\n\n" % position
