"""Cursors of lists: the sort key of the last row, signed, so that nobody reads or makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec

_MAC_BYTES = 16
_LENGTH_MAX = 4096


class BadCursor(Exception):
    """The cursor was not made here, or for another list."""

    status = 400
    code = "bad_cursor"
    detail = "The cursor does not belong to this list. Begin again without it."
    pointer = "/query/cursor"


def encode(secret: str | bytes, values: Sequence[Any], *, scope: str = "") -> str:
    """The cursor after a row with these sort values (whatever JSON can hold).

    `scope` names the list (workspace, sort, filter): the cursor fits no other.
    """
    body = msgspec.json.encode(list(values))
    return base64.urlsafe_b64encode(_mac(secret, scope, body) + body).rstrip(b"=").decode()


def decode(secret: str | bytes, text: str, *, scope: str = "") -> list[Any]:
    """The values that `encode` was given; raises BadCursor."""
    if len(text) > _LENGTH_MAX:
        raise BadCursor
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise BadCursor from None
    body = raw[_MAC_BYTES:]
    if not hmac.compare_digest(raw[:_MAC_BYTES], _mac(secret, scope, body)):
        raise BadCursor
    values: list[Any] = msgspec.json.decode(body)
    return values


def _mac(secret: str | bytes, scope: str, body: bytes) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    message = b"\0".join((b"cursor.v1", scope.encode(), body))
    return hmac.digest(key, message, hashlib.sha256)[:_MAC_BYTES]
