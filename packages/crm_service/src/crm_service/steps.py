"""What each request passes before Litestar sees it, outermost first: STEPS in app.py is the list.

Pure ASGI: each step is a class with one job; it may end the request by raising, which Observe renders.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import structlog

from crm_auth import InternalKeys
from crm_service import metrics, problem
from crm_service.context import SCOPE_KEY, RequestContext, context_of, current
from crm_service.errors import DeadlinePassed, Unauthenticated
from crm_service.logs import AccessLine, AccessLog
from crm_service.trace import request_id, trace_id
from crm_service.tracing import Tracing

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HUNG_UP = "client hung up"
_CLIENT_CLOSED_REQUEST = 499  # nginx's code: nobody is there to read an answer
_KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_log = structlog.get_logger("crm_service.access")


class Observe:
    """Request id, trace, access log, metrics, and the last line of defence: nothing leaves as a stack trace."""

    def __init__(self, app: App, *, service: str, tracing: Tracing, access_log: AccessLog | None) -> None:
        self._app = app
        self._service = service
        self._tracing = tracing
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        headers = dict(scope["headers"])
        traceparent, end_span = self._tracing.start(scope["method"], _text(headers.get(b"traceparent")))
        context = RequestContext(headers, request_id(_text(headers.get(b"x-request-id"))), traceparent)
        scope[SCOPE_KEY] = context
        token = current.set(context)
        metrics.IN_FLIGHT.inc()
        try:
            await self._guarded(scope, receive, _with_request_id(send, context), context)
        finally:
            metrics.IN_FLIGHT.dec()
            route = self._record(scope, context, perf_counter() - started)
            if end_span is not None:
                end_span(context, route)
            current.reset(token)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, context: RequestContext) -> None:
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError as cancelled:
            if HUNG_UP not in cancelled.args:
                raise
            context.status = _CLIENT_CLOSED_REQUEST
        except Exception as error:
            if context.status:  # the answer has begun: cut it, so that nobody takes it for whole
                raise
            if problem.is_crash(error):
                _log.error("crash", exc_info=error)
            await send_problem(error, context, send)

    def _record(self, scope: Scope, context: RequestContext, seconds: float) -> str:
        # Unknown paths and methods share a label: names that callers make up must not grow our memory.
        route = scope.get("path_template") or "(none)"
        method = scope["method"] if scope["method"] in _KNOWN_METHODS else "(other)"
        metrics.observe(method, route, context.status, seconds)
        if self._access_log is not None:
            self._access_log.write(
                AccessLine(
                    service=self._service,
                    method=method,
                    path=scope["path"],
                    route=route,
                    status=context.status,
                    ms=round(seconds * 1000, 2),
                    request_id=context.request_id,
                    trace_id=trace_id(context.traceparent),
                    timestamp=datetime.now(UTC),
                    caller=context.caller_name,
                    user_id=getattr(context.identity, "user_id", None),
                    workspace_id=getattr(context.identity, "workspace_id", None),
                )
            )
        return route


class InternalKey:
    """A service answers our own processes only: without a key that fits the named caller, 401 and nothing is done."""

    def __init__(self, app: App, *, keys: InternalKeys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = context_of(scope)
        name = context.header(b"x-internal-caller") or ""
        key = context.header(b"x-internal-key") or ""
        caller = None if _doubled(scope, context) else self._keys.caller_of(name, key)
        if caller is None:
            _log.warning("internal key refused", path=scope["path"], named=name[:50])
            raise Unauthenticated("This service answers other parts of the system only.", code="internal_key")
        context.caller_name = caller
        await self._app(scope, receive, send)


class Deadline:
    """The caller says how long it will wait (X-Internal-Deadline-Ms); working longer is working for nobody."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        context = context_of(scope)
        given = context.headers.get(b"x-internal-deadline-ms")
        if given is None or not given.isdigit():
            await self._app(scope, receive, send)
            return
        context.deadline = asyncio.get_running_loop().time() + int(given) / 1000
        try:
            async with asyncio.timeout_at(context.deadline) as limit:
                await self._app(scope, receive, send)
        except TimeoutError:
            if limit.expired():
                raise DeadlinePassed from None
            raise


async def send_problem(error: BaseException, context: RequestContext, send: Send) -> None:
    status, body, headers = problem.render(error, context.request_id)
    head = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    head.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


def _with_request_id(send: Send, context: RequestContext) -> Send:
    header = (b"x-request-id", context.request_id.encode("latin-1"))

    def send_with_id(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            context.status = message["status"]
            message["headers"] = [*message.get("headers", ()), header]
        return send(message)

    return send_with_id


def _doubled(scope: Scope, context: RequestContext) -> bool:
    """Is a header of ours there twice? Looked at only when the block holds any name twice."""
    if len(context.headers) == len(scope["headers"]):
        return False
    names = [name for name, _ in scope["headers"] if name.startswith(b"x-internal-") or name == b"authorization"]
    return len(names) != len(set(names))


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")
