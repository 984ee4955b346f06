"""Calls to one service: which instance, how many at once, what is repeated, how it fails."""

import asyncio
import random
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gateway.upstream.breaker import Breaker
from gateway.upstream.connection import Connection, Headers
from gateway.upstream.errors import Broken, ConnectFailed, Saturated, TimedOut, Unavailable, UpstreamError

CONNECT_TIMEOUT_S = 1.0
# Shorter than the 75 s after which a service closes an idle connection: the other way round, requests meet the close
# (reliability.md, finding 6).
IDLE_MAX_S = 20.0
AGE_MAX_S = 300.0
WAIT_S = 0.1
PROBE_WITHIN_S = 1.0
RETRY_SHARE = 0.2
RETRY_MIN = 3
RETRY_JITTER_S = (0.025, 0.25)
SICK_ANSWERS = (502, 504)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a service. `headers` are whole lines, without Host."""

    method: str
    target: bytes  # path and query, as it came
    headers: bytes
    deadline: float  # time.monotonic
    body: bytes = b""
    tell_deadline: bool = True  # ours want to know how long we wait; a foreign server need not
    stream: AsyncIterator[bytes] | None = None  # a body that is passed on while it arrives; never repeated
    chunked: bool = False  # the streamed body's length is not known
    idle_s: float | None = None  # for long calls: bounds each silence, in place of the deadline
    repeatable: bool = False


class Reply:
    """An answer whose head is there. `body`: all of it, where it came at once; else read `chunks`. End with `close`."""

    __slots__ = ("_connection", "_instance", "_service", "body", "headers", "status")

    def __init__(self, service: "Service", instance: "Instance", connection: Connection) -> None:
        self._service = service
        self._instance = instance
        self._connection: Connection | None = connection
        self.status = connection.status
        self.headers: Headers = connection.headers
        self.body: bytes | None = None
        if connection.complete:
            self.body = connection.take()
            self.close()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises `Broken` or `TimedOut` when it is cut."""
        connection = self._connection
        while connection is not None and (piece := await connection.chunk()) is not None:
            yield piece

    async def read(self, limit: int) -> bytes:
        """The whole body, at most `limit` bytes."""
        if self.body is not None:
            return self.body
        pieces, size = [], 0
        async for piece in self.chunks():
            size += len(piece)
            if size > limit:
                raise Broken("answer larger than expected", started=True)
            pieces.append(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Frees the place; an answer that was not read to its end costs the connection."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._instance.give_back(connection)
            self._service.release()


class Instance:
    """One base URL: its idle connections and its breaker."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.authority = parts.netloc.encode()
        self.prefix = parts.path.rstrip("/").encode()
        self.breaker = Breaker(self._alive)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._idle: list[Connection] = []

    def head(self, call: Call, remaining_s: float) -> bytes:
        deadline = b"x-internal-deadline-ms: %d\r\n" % (remaining_s * 1000) if call.tell_deadline else b""
        return b"%b %b%b HTTP/1.1\r\nhost: %b\r\n%b%b\r\n" % (
            call.method.encode(),
            self.prefix,
            call.target,
            self.authority,
            call.headers,
            deadline,
        )

    async def connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if self._fresh(connection):
                return connection
            connection.abort()
        return await self.connect()

    async def connect(self) -> Connection:
        """A new connection; raises `ConnectFailed`."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection, self.host, self.port, ssl=self._tls
                )
        except OSError as error:  # TimeoutError is one
            raise ConnectFailed(str(error)) from error
        return connection

    def give_back(self, connection: Connection) -> None:
        if connection.complete and connection.reusable and not connection.closed:
            connection.rest()
            self._idle.append(connection)
        else:
            connection.abort()

    def drop_stale(self) -> None:
        stale = [connection for connection in self._idle if not self._fresh(connection)]
        self._idle = [connection for connection in self._idle if self._fresh(connection)]
        for connection in stale:
            connection.abort()

    async def close(self) -> None:
        await self.breaker.close()
        for connection in self._idle:
            connection.abort()
        self._idle.clear()

    @staticmethod
    def _fresh(connection: Connection) -> bool:
        now = time.monotonic()
        return not connection.closed and now - connection.idle_since < IDLE_MAX_S and now - connection.born < AGE_MAX_S

    async def _alive(self) -> bool:
        """Over a connection of its own: a pooled one may hang with the calls before it."""
        deadline = time.monotonic() + PROBE_WITHIN_S
        call = Call("GET", b"/health/live", b"connection: close\r\n", deadline, tell_deadline=False)
        try:
            connection = await self.connect()
        except ConnectFailed:
            return False
        try:
            connection.begin(self.head(call, PROBE_WITHIN_S), bodyless=False, limit_s=PROBE_WITHIN_S, idle_limit=False)
            await connection.answered()
            return connection.status < 500
        except UpstreamError:
            return False
        finally:
            connection.abort()


class Service:
    """A service by name, behind one or more base URLs."""

    def __init__(self, name: str, base_urls: Sequence[str], *, in_flight_max: int = 64) -> None:
        self.name = name
        self.instances = [Instance(url) for url in base_urls]
        self.in_flight = 0
        self._in_flight_max = in_flight_max
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._retrying = 0
        self._turn = 0

    async def call(self, call: Call) -> Reply:
        """Raises `UpstreamError`. Repeats once, elsewhere if it can, what the service cannot have acted on twice."""
        await self._acquire()
        reply: Reply | None = None
        try:
            reply = await self._call(call)
            return reply
        finally:
            if reply is None:
                self.release()

    def release(self) -> None:
        self.in_flight -= 1
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def drop_stale(self) -> None:
        for instance in self.instances:
            instance.drop_stale()

    async def close(self) -> None:
        for instance in self.instances:
            await instance.close()

    async def _acquire(self) -> None:
        if self.in_flight < self._in_flight_max:
            self.in_flight += 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(WAIT_S):
                while self.in_flight >= self._in_flight_max:
                    await waiter
                    if self.in_flight >= self._in_flight_max:
                        waiter = asyncio.get_running_loop().create_future()
                        self._waiting.appendleft(waiter)
        except TimeoutError:
            raise Saturated from None
        self.in_flight += 1

    async def _call(self, call: Call) -> Reply:
        first = self._pick(None)
        try:
            return await self._attempt(first, call)
        except (ConnectFailed, Broken) as error:
            if not self._may_repeat(call, error):
                raise
        self._retrying += 1
        try:
            await asyncio.sleep(random.uniform(*RETRY_JITTER_S))  # noqa: S311
            return await self._attempt(self._pick(first), call)
        finally:
            self._retrying -= 1

    def _may_repeat(self, call: Call, error: UpstreamError) -> bool:
        # A budget, so that repeating never multiplies the load on a service that is failing.
        within_budget = self._retrying < max(RETRY_MIN, RETRY_SHARE * self.in_flight)
        if call.stream is not None or not within_budget:
            return False
        return isinstance(error, ConnectFailed) or call.repeatable

    def _pick(self, avoid: Instance | None) -> Instance:
        count = len(self.instances)
        self._turn += 1
        ordered = [self.instances[(self._turn + i) % count] for i in range(count)]
        if avoid is not None and count > 1:
            ordered = [instance for instance in ordered if instance is not avoid] + [avoid]
        for instance in ordered:
            if instance.breaker.admits():
                return instance
        raise Unavailable(retry_after_s=1)

    async def _attempt(self, instance: Instance, call: Call) -> Reply:
        settled = False
        try:
            reply = await self._exchange(instance, call)
            settled = True
            if reply.status in SICK_ANSWERS:
                instance.breaker.failed()
            else:
                instance.breaker.succeeded()
            return reply
        except UpstreamError:
            settled = True
            instance.breaker.failed()
            raise
        finally:
            if not settled:
                instance.breaker.dropped()

    async def _exchange(self, instance: Instance, call: Call) -> Reply:
        connection = await instance.connection()
        answered = False
        try:
            remaining_s = call.deadline - time.monotonic()
            if remaining_s <= 0:
                raise TimedOut
            head = instance.head(call, remaining_s)
            limit_s = remaining_s if call.idle_s is None else call.idle_s
            bodyless = call.method == "HEAD"
            connection.begin(head + call.body, bodyless=bodyless, limit_s=limit_s, idle_limit=call.idle_s is not None)
            if call.stream is not None:
                await self._send_stream(connection, call.stream, chunked=call.chunked)
            await connection.answered()
            answered = True
            return Reply(self, instance, connection)
        finally:
            if not answered:
                connection.abort()

    @staticmethod
    async def _send_stream(connection: Connection, stream: AsyncIterator[bytes], *, chunked: bool) -> None:
        async for piece in stream:
            if connection.head_done:  # answered before it had all: what is left is not wanted
                connection.reusable = False
                return
            if piece:
                await connection.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            await connection.write(b"0\r\n\r\n")
