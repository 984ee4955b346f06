"""One JSON line per request. Never a query, a body or a token: all three carry secrets."""

import sys
import time
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.exchange import Exchange
from gateway.problems import Refused

_encode = msgspec.json.Encoder().encode


def log_access(x: Exchange) -> None:
    _write(
        {
            "timestamp": datetime.now(UTC),
            "level": "info",
            "event": "request",
            "request_id": x.request_id,
            "trace_id": x.traceparent[3:35],
            "method": x.method,
            "path": x.path,
            "route": x.route.template if x.route is not None else None,
            "status": x.status,
            "duration_ms": round((time.monotonic() - x.started) * 1000, 2),
            "bytes": x.sent_bytes,
            "client": x.client_ip,
            "user_id": x.claims.user_id if x.claims is not None else None,
            "workspace_id": x.member.workspace_id if x.member is not None else None,
        }
    )


def log_unread(request_id: str, refused: Refused, client: str) -> None:
    """A request that was refused before its head was whole; nothing in it is fit to be repeated."""
    _write(
        {
            "timestamp": datetime.now(UTC),
            "level": "warning",
            "event": "request refused unread",
            "request_id": request_id,
            "status": refused.status,
            "code": refused.code,
            "client": client,
        }
    )


def _write(line: dict[str, Any]) -> None:
    sys.stdout.buffer.write(_encode(line) + b"\n")
    sys.stdout.buffer.flush()
