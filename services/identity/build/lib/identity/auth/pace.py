"""Answers that must not tell by their time whether an account exists take at least a floor, whatever they did."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

FLOOR_S = 0.12  # several times what the longest of the paths takes on a quiet machine


@asynccontextmanager
async def even_pace(floor_s: float = FLOOR_S) -> AsyncIterator[None]:
    """Waits for the rest of the floor, after success and refusal alike; no connection is held meanwhile."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + floor_s
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, ends_at - loop.time()))
