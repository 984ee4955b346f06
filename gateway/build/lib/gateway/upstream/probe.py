"""A question to a service that must not wait: over a connection of its own, past pool, breaker and places."""

import asyncio
import time

from gateway.upstream.errors import UpstreamError
from gateway.upstream.service import Call, Instance

PROBE_MAX_BYTES = 64 * 1024


async def probe(base_url: str, path: str, *, within_s: float) -> tuple[int, bytes] | None:
    """Status and body, or None when no answer came in time."""
    instance = Instance(base_url)
    call = Call("GET", path.encode(), b"connection: close\r\n", time.monotonic() + within_s, tell_deadline=False)
    try:
        async with asyncio.timeout(within_s):
            connection = await instance.connect()
            try:
                connection.begin(instance.head(call, within_s), bodyless=False, limit_s=within_s, idle_limit=False)
                await connection.answered()
                pieces = []
                while (piece := await connection.chunk()) is not None:
                    pieces.append(piece)
                return connection.status, b"".join(pieces)[:PROBE_MAX_BYTES]
            finally:
                connection.abort()
    except (UpstreamError, TimeoutError):
        return None
