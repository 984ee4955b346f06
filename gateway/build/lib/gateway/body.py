"""Reading what a client sends: whole, within a limit and a deadline, or piece by piece."""

import asyncio
from collections.abc import AsyncIterator

from gateway import problems
from gateway.exchange import Exchange


class ClientGone(Exception):
    """The client closed the connection; there is nobody to answer."""


def has_body(x: Exchange) -> bool:
    return x.headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in x.headers


async def read(x: Exchange, deadline_s: float) -> bytes:
    """The whole body. Raises 413 when it grows past the limit, 408 when it does not come in time."""
    if not has_body(x):
        return b""
    try:
        async with asyncio.timeout(deadline_s):
            pieces = [piece async for piece in stream(x)]
    except TimeoutError:
        raise problems.body_too_slow() from None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


async def stream(x: Exchange) -> AsyncIterator[bytes]:
    """The body as it arrives."""
    size = 0
    while True:
        message = await x.receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > x.body_max_bytes:
            raise problems.too_large(x.body_max_bytes)
        if piece:
            yield piece
        if not message.get("more_body", False):
            return
