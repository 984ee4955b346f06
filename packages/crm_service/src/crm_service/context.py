"""The request under way: what the steps found out, and what logs and clients further down need of it."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

SCOPE_KEY = "crm"


class RequestContext:
    """Made by the first step, filled by the next ones; reached from a handler through `context_of(request)`."""

    __slots__ = ("caller_name", "deadline", "headers", "identity", "request_id", "status", "traceparent")

    def __init__(self, headers: Mapping[bytes, bytes], request_id: str, traceparent: str) -> None:
        self.headers = headers
        self.request_id = request_id
        self.traceparent = traceparent
        self.caller_name = ""  # which of our processes calls
        self.identity: Any = None  # Caller or User, as the handler asked for
        self.deadline: float | None = None  # event loop time
        self.status = 0

    def header(self, name: bytes) -> str | None:
        """Value of a header by its lower-case name."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


current: ContextVar[RequestContext | None] = ContextVar("crm_request", default=None)


def context_of(request: Any) -> RequestContext:
    """The context of a Litestar request, or of an ASGI scope."""
    scope = request if isinstance(request, dict) else request.scope
    context: RequestContext = scope[SCOPE_KEY]
    return context


def remaining_s() -> float | None:
    """Seconds until the caller's deadline; None without one. Database users turn it into a statement_timeout."""
    context = current.get()
    if context is None or context.deadline is None:
        return None
    return max(0.0, context.deadline - asyncio.get_running_loop().time())
