"""JSON lines on stdout, each with the request id and trace of the request that it was written for."""

import asyncio
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog

from crm_service.context import current
from crm_service.trace import trace_id

_SECRET = re.compile(
    r"pass(word|wd)?$|secret|token|authorization|cookie|api[_-]?key|internal[_-]?key|credential|dsn$", re.IGNORECASE
)
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+@")
_BEARER = re.compile(r"\b(eyJ[\w-]{8,}\.[\w-]+\.[\w-]+|mcrm_[\w-]+)")
REDACTED = "[redacted]"

_encoder = msgspec.json.Encoder(enc_hook=str)


class AccessLine(msgspec.Struct, kw_only=True):
    """One request. The path is without its query, which may hold what was searched for, or a token."""

    service: str
    method: str
    path: str
    route: str
    status: int
    ms: float
    request_id: str
    trace_id: str
    timestamp: datetime
    caller: str = ""
    user_id: UUID | None = None
    workspace_id: UUID | None = None
    level: str = "info"
    event: str = "request"


class AccessLog:
    """Lines of known members, none of which is secret: encoded directly, at a fifth of what structlog's chain costs.

    The lines of one turn of the event loop leave in one write.
    """

    def __init__(self) -> None:
        self._lines: list[bytes] = []

    def write(self, line: AccessLine) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._flush)
        self._lines.append(_encoder.encode(line))

    def _flush(self) -> None:
        sys.stdout.buffer.write(b"\n".join(self._lines) + b"\n")
        sys.stdout.buffer.flush()
        self._lines.clear()


def configure(service: str, level: str = "info") -> None:
    """Route structlog and the standard library's logging (uvicorn, asyncio, nats) to one form."""
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    shared: list[Any] = [
        _add_context(service),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],  # what they give as `extra=`
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render_text],
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what is secret by name at any depth, and tokens and passwords in URLs inside text."""
    for name, value in event.items():
        event[name] = _clean(name, value)
    return event


def _clean(name: str, value: Any) -> Any:
    if _SECRET.search(name):
        return REDACTED
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict):
        return {str(key): _clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", inner) for inner in value]
    return value


def _clean_text(text: str) -> str:
    if "://" in text:
        text = _URL_PASSWORD.sub(rf"\1{REDACTED}@", text)
    if "eyJ" in text or "mcrm_" in text:
        text = _BEARER.sub(REDACTED, text)
    return text


def _add_context(service: str) -> Any:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        context = current.get()
        if context is not None:
            event["request_id"] = context.request_id
            event["trace_id"] = trace_id(context.traceparent)
        return event

    return add


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    return _encoder.encode(event)


def _render_text(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return _encoder.encode(event).decode()
