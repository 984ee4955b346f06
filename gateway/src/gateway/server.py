"""The server at the edge: uvicorn with llhttp, and what neither of them bounds (docs/decisions/0020-edge-server.md).

- a head of at most 16 KiB and 100 fields, a target of at most 8 KiB
- 10 s to send a head, 75 s of silence between requests; one sweep a second looks, so that no request pays for a timer
- framing that two servers could read in two ways ends the connection, after one answer
- a refused request's connection is closed so that its answer arrives: our half first, theirs read on for a moment
- a client that hangs up ends the work that was being done for it
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, cast

import httptools
from uvicorn import Config, Server
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from gateway import access_log, problems
from gateway.problems import Refused
from gateway.steps.request_id import new_request_id

log = logging.getLogger(__name__)

HEAD_MAX_BYTES = 16 * 1024
FIELDS_MAX = 100
TARGET_MAX_BYTES = 8 * 1024
HEAD_WITHIN_S = 9.0  # the sweep adds up to a second
IDLE_S = 75.0
LINGER_S = 1.0
SWEEP_S = 1.0
NEVER = float("inf")

BAD_FRAMING = "The request is not well-formed HTTP."


class _Rejected(Exception):
    """Raised inside a parser callback: the rest of the head is not wanted."""


class EdgeCycle(RequestResponseCycle):
    """One request and its answer. Head and body leave in one write where they can."""

    task: asyncio.Task[None] | None = None
    linger: Callable[[], None]
    body_complete = False
    _head = b""

    async def send(self, message: Any) -> None:
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if not self.response_started:
            self._start(message)
        elif self.response_complete:
            raise RuntimeError("an answer was already sent")
        else:
            self._write(message.get("body", b""), last=not message.get("more_body", False))

    def _start(self, message: Any) -> None:
        self.response_started = True
        self.waiting_for_100_continue = False
        headers = message["headers"]
        for name, value in headers:
            if name == b"content-length":
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif name == b"connection" and value == b"close":
                self.keep_alive = False
        parts = [STATUS_LINE[message["status"]]]
        parts += [b"%b: %b\r\n" % header for header in self.default_headers]
        parts += [b"%b: %b\r\n" % header for header in headers if header[0] != b"connection"]
        if not self.keep_alive:
            parts.append(b"connection: close\r\n")
        if self.chunked_encoding is None:
            self.chunked_encoding = self.scope["method"] != "HEAD" and message["status"] not in (204, 304)
            if self.chunked_encoding:
                parts.append(b"transfer-encoding: chunked\r\n")
        parts.append(b"\r\n")
        self._head = b"".join(parts)
        # Every line ends once: a header that smuggled a line break in would show here.
        if self._head.count(b"\n") != len(parts) or self._head.count(b"\r") != len(parts):
            raise RuntimeError("an answer's head holds a line break")

    def _write(self, body: bytes, *, last: bool) -> None:
        if self.scope["method"] == "HEAD":
            body, self.expected_content_length, self.chunked_encoding = b"", 0, False
        if self.chunked_encoding:
            chunk = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body = chunk + b"0\r\n\r\n" if last else chunk
        else:
            self.expected_content_length -= len(body)
        if self._head or body:
            self.transport.write(self._head + body)
            self._head = b""
        if not last:
            return
        if not self.chunked_encoding and self.expected_content_length != 0:
            # Less or more than was announced: the client must not take it for whole.
            self.transport.abort()
            return
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close() if self.body_complete else self.linger()
        self.on_response()


class EdgeProtocol(HttpToolsProtocol):
    """States of a connection: reading a head -> working -> idle; or refused, and then lingering until closed."""

    cycle: EdgeCycle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.deadline = time.monotonic() + HEAD_WITHIN_S
        self._head_bytes = 0
        self._reading_head = False
        self._refused: Refused | None = None
        self._deaf = False  # refused, or handed to another protocol: what still comes is not read
        self._active: EdgeCycle | None = None  # the request that is worked on; later ones wait in `pipeline`

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self.deadline > time.monotonic() + HEAD_WITHIN_S and not self._busy():
            self.deadline = time.monotonic() + HEAD_WITHIN_S
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # no other protocol is spoken here: this request is answered, and the connection ends
        except httptools.HttpParserError:
            self._malformed()
            return
        if self._reading_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES + TARGET_MAX_BYTES:
                self._refused = _head_too_large()
                self._malformed()

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._reading_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > TARGET_MAX_BYTES:
            self._refused = Refused(
                414, "uri_too_long", f"An address of at most {TARGET_MAX_BYTES} bytes is read.", close=True
            )
            raise _Rejected

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        self.headers.append((name, value))
        self._head_bytes += len(name) + len(value) + 4
        if self._head_bytes > HEAD_MAX_BYTES or len(self.headers) > FIELDS_MAX:
            self._refused = _head_too_large()
            raise _Rejected
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            self._refused = problems.bad_request(
                "bad_framing", "The only transfer coding that is read is chunked.", close=True
            )
            raise _Rejected

    def on_headers_complete(self) -> None:
        self._reading_head = False
        self.deadline = NEVER
        method = self.parser.get_method().decode("ascii")
        version = self.parser.get_http_version()
        self._check_target(method, version)
        path, _, query = self.url.partition(b"?")
        self.scope["method"] = method
        self.scope["http_version"] = version
        self.scope["path"] = self.scope["raw_path"] = path  # type: ignore[typeddict-item]
        self.scope["query_string"] = query
        self._begin(
            keep_alive=version == "1.1" and self.parser.should_keep_alive() and not self.parser.should_upgrade()
        )

    def _check_target(self, method: str, version: str) -> None:
        """Origin form as it is; absolute form of our own host reduced to it. Nothing else names what is here."""
        if method == "CONNECT":
            self._reject(problems.method_not_allowed(["GET", "HEAD", "OPTIONS"]))
        if version == "1.0" and any(name == b"transfer-encoding" for name, _ in self.headers):
            self._reject(problems.bad_request("bad_framing", "HTTP/1.0 knows no transfer coding.", close=True))
        if self.url.startswith(b"/"):
            return
        scheme, separator, rest = self.url.partition(b"://")
        authority, slash, path = rest.partition(b"/")
        hosts = [value for name, value in self.headers if name == b"host"]
        if (
            not separator
            or scheme.lower() not in (b"http", b"https")
            or [authority.lower()] != [h.lower() for h in hosts]
        ):
            self._reject(problems.bad_request("bad_target", "The request target names nothing here.", close=True))
        self.url = slash + path or b"/"

    def _reject(self, refused: Refused) -> None:
        refused.close = True
        self._refused = refused
        raise _Rejected

    def _begin(self, *, keep_alive: bool) -> None:
        previous = self.cycle
        cycle = EdgeCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.linger = self._linger
        self.cycle = cycle
        if previous is None or previous.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        self._active = cast(EdgeCycle, cycle)
        self._active.task = task

    def on_body(self, body: bytes) -> None:
        if self.cycle.response_complete:
            return
        self.cycle.body += body
        if len(self.cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        self.cycle.message_event.set()

    def on_message_complete(self) -> None:
        self.cycle.body_complete = True
        if not self.cycle.response_complete:
            self.cycle.more_body = False
            self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif not self._deaf:
            self.deadline = time.monotonic() + (HEAD_WITHIN_S if self._reading_head else IDLE_S)

    def connection_lost(self, exc: Exception | None) -> None:
        active = self._active if self._busy() else None
        super().connection_lost(exc)
        if active is not None and active.task is not None:
            active.disconnected = True
            active.task.cancel()

    def sweep(self, now: float) -> None:
        """Once a second: closes a connection that took too long over its head, or over nothing."""
        if now < self.deadline or self.transport.is_closing():
            return
        if self._reading_head and not self._deaf:
            self._refuse(Refused(408, "request_timeout", "The head of the request did not arrive in time.", close=True))
        else:
            self.transport.abort() if self._deaf else self.transport.close()

    def _busy(self) -> bool:
        return self._active is not None and not self._active.response_complete

    def _malformed(self) -> None:
        """What came last cannot be read. It is answered only if no earlier request is still being answered."""
        refused = self._refused or problems.bad_request("bad_framing", BAD_FRAMING, close=True)
        active = self._active if self._busy() else None
        if active is None:
            self._refuse(refused)
        elif active is self.cycle and not active.body_complete:
            self._give_up(active, refused)
        else:
            self._end_after_those_before()

    def _give_up(self, active: EdgeCycle, refused: Refused) -> None:
        """The body of the request that is worked on is broken."""
        if active.response_started:
            self.transport.abort()
            return
        active.disconnected = True
        if active.task is not None:
            active.task.cancel()
        self._refuse(refused)

    def _end_after_those_before(self) -> None:
        self._deaf = True
        if self.pipeline and not self.cycle.body_complete:
            self.pipeline.popleft()  # the newest waits on the left
        last = self.pipeline[0][0] if self.pipeline else self._active
        if last is not None:
            last.keep_alive = False

    def _refuse(self, refused: Refused) -> None:
        """Answers by itself: the application sees nothing of this request."""
        request_id = new_request_id()
        body = refused.problem(request_id)
        lines = [
            STATUS_LINE[refused.status],
            b"content-type: application/problem+json\r\n",
            b"x-request-id: %b\r\n" % request_id.encode(),
            b"content-length: %d\r\n" % len(body),
            *(b"%b: %b\r\n" % header for header in refused.head()),
            b"\r\n",
        ]
        self.transport.write(b"".join(lines) + body)
        access_log.log_unread(request_id, refused, self.client[0] if self.client else "")
        self._linger()

    def _linger(self) -> None:
        """Half-closes, and reads on for a moment: a full close would send a reset that overtakes the answer."""
        self._deaf = True
        self._reading_head = False
        self.deadline = time.monotonic() + LINGER_S
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def eof_received(self) -> None:
        if self._deaf:
            self.transport.close()


def _head_too_large() -> Refused:
    detail = f"A head of at most {HEAD_MAX_BYTES} bytes and {FIELDS_MAX} fields is read."
    return Refused(431, "head_too_large", detail, close=True)


class EdgeServer(Server):
    """uvicorn's server with a sweep over its connections, and a drain before it stops listening."""

    def __init__(self, config: Config, *, on_drain: Callable[[], None], notice_s: float) -> None:
        super().__init__(config)
        self._on_drain = on_drain
        self._notice_s = notice_s
        self._draining = False
        self._swept_at = 0.0

    async def on_tick(self, counter: int) -> bool:
        now = time.monotonic()
        if now - self._swept_at >= SWEEP_S:
            self._swept_at = now
            for connection in list(self.server_state.connections):
                if isinstance(connection, EdgeProtocol):
                    connection.sweep(now)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """First signal: not ready any more, but listening until balancers have seen it. Second: at once."""
        if self._draining:
            self.should_exit = self.force_exit = True
            return
        self._draining = True
        self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._on_drain()
        self._loop.call_later(self._notice_s, self._stop)

    def _stop(self) -> None:
        self.should_exit = True

    async def _serve(self, sockets: Any = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super()._serve(sockets)
