"""One kept-alive HTTP/1.1 connection to a service, framed by llhttp (httptools).

Why not a client library: measured, `docs/decisions/0021-upstream-client.md`. What this must do is little (no redirects,
cookies, decompression, proxies), and what it must not do matters more: repeat a request by itself, or pass off a cut
answer as whole.
"""

import asyncio
import time
from collections import deque
from typing import cast

import httptools

from gateway.upstream.errors import Broken, TimedOut, UpstreamError

Headers = list[tuple[bytes, bytes]]

HEAD_MAX_BYTES = 64 * 1024
BUFFER_MAX_BYTES = 256 * 1024  # of an answer that the client is slower to take than the service to give


class Connection(asyncio.Protocol):
    """States: idle -> `begin` -> head -> chunks -> idle or closed. Not shared: one request at a time."""

    def __init__(self) -> None:
        self.born = self.idle_since = time.monotonic()
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._idle_limit_s: float | None = None
        self._writable: asyncio.Future[None] | None = None
        self._write_paused = False
        self._reset()
        self.complete = True

    def _reset(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.head_done = False
        self.complete = False
        self.reusable = True
        self._chunks: deque[bytes] = deque()
        self._buffered = 0
        self._head_bytes = 0
        self._paused = False
        self._bodyless = False
        self._error: UpstreamError | None = None

    @property
    def closed(self) -> bool:
        return self._transport.is_closing()

    # Calls, in the order in which they are made

    def begin(self, head: bytes, *, bodyless: bool, limit_s: float, idle_limit: bool) -> None:
        """Sends a request. `limit_s` bounds the whole exchange, or with `idle_limit` each silence in it."""
        self._reset()
        self._bodyless = bodyless
        self._idle_limit_s = limit_s if idle_limit else None
        self._timer = asyncio.get_running_loop().call_later(limit_s, self._timed_out)
        self._transport.write(head)

    async def write(self, chunk: bytes) -> None:
        """Sends a piece of a streamed body, at the speed at which the service takes it."""
        self._heard()
        self._transport.write(chunk)
        if self._write_paused and self._error is None:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable
        if self._error is not None:
            raise self._error

    async def answered(self) -> None:
        """Returns when `status` and `headers` are there (often the whole body too: `complete`)."""
        while not self.head_done:
            await self._wait()

    async def chunk(self) -> bytes | None:
        """The next piece of the body, None at its end. A cut body raises `Broken`, after the pieces before it."""
        while not self._chunks:
            if self.complete:
                return None
            await self._wait()
        piece = self._chunks.popleft()
        self._buffered -= len(piece)
        if self._paused and self._buffered < BUFFER_MAX_BYTES:
            self._paused = False
            self._transport.resume_reading()
        return piece

    def take(self) -> bytes:
        """The body of an answer that is `complete`."""
        chunks = self._chunks
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def rest(self) -> None:
        """The exchange is over; the connection can serve another."""
        self._disarm()
        self.idle_since = time.monotonic()

    def abort(self) -> None:
        """Ends the connection at once; the service sees its caller gone."""
        self._disarm()
        if not self._transport.is_closing():
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclasses

    def data_received(self, data: bytes) -> None:
        if self.complete:  # nobody asked: an answer to nothing
            self._transport.abort()
            return
        self._heard()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(Broken(f"not HTTP: {error}", started=self.head_done))
            return
        if self.head_done:
            self._wake()

    def eof_received(self) -> bool:
        return False  # closes; an answer framed by the end of the connection cannot be told from a cut one

    def connection_lost(self, exc: Exception | None) -> None:
        self.resume_writing()
        if not self.complete:
            self._fail(Broken("connection lost", started=self.head_done))

    def pause_writing(self) -> None:
        self._write_paused = True

    def resume_writing(self) -> None:
        self._write_paused = False
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    # httptools

    def on_message_begin(self) -> None:
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > HEAD_MAX_BYTES:
            raise ValueError("answer with a head that is too large")
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if self.status < 200:
            return
        self.head_done = True
        self.reusable = self._parser.should_keep_alive()
        if self._bodyless:  # llhttp cannot be told that HEAD has no body
            self.reusable = False
            self.complete = True

    def on_body(self, body: bytes) -> None:
        if self._bodyless:
            return
        self._chunks.append(body)
        self._buffered += len(body)
        if self._buffered > BUFFER_MAX_BYTES and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self.head_done:
            self.complete = True

    # Waiting

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: UpstreamError) -> None:
        if self._error is None:
            self._error = error
        self.abort()
        self.resume_writing()
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(self._error)

    def _timed_out(self) -> None:
        self._fail(TimedOut())

    def _heard(self) -> None:
        if self._idle_limit_s is not None:
            self._disarm()
            self._timer = asyncio.get_running_loop().call_later(self._idle_limit_s, self._timed_out)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
