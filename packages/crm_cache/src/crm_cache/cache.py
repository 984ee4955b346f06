"""Cache-aside for the bytes of a workspace's records and lists.

Each workspace has a stamp in Valkey: random bytes, dropped after each commit and made anew by the next reader. A
value is kept with the stamp that was read *before* it was loaded, and counts only while that is still the workspace's
stamp. So:
- a load that overlaps a write is kept under the old stamp, and never seen again;
- a stamp that was lost (evicted, flushed) is replaced by other random bytes, which no old value carries;
- a value's key holds the server's run id: memory restored from disk, or a replica that missed a bump, is another run;
- a bump that failed is owed: until it is paid this process does without the cache for that workspace, and the client
pays
  before it counts as connected again (Valkey.owe).
"""

import asyncio
import os
import zlib
from collections.abc import Awaitable, Callable
from uuid import UUID

from crm_cache import metrics
from crm_cache.errors import ValkeyError
from crm_cache.valkey import Valkey

STAMP_BYTES = 12
CHECK_BYTES = 4
STAMP_TTL_S = 86_400
TTL_S = 3_600
VALUE_MAX_BYTES = 512 * 1024

Load = Callable[[], Awaitable[bytes]]


class Cache:
    """`name`: the service. `release`: change it when the meaning of the bytes changes; old ones are then never read."""

    def __init__(self, valkey: Valkey, *, name: str = "cache", release: str = "1", ttl_s: int = TTL_S) -> None:
        self._valkey = valkey
        self._name = name
        self._prefix = f"{name}:{release}"
        self._ttl_s = ttl_s
        self._flights: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}
        self._hit = metrics.CACHE.labels(name, "hit")
        self._miss = metrics.CACHE.labels(name, "miss")
        self._bypass = metrics.CACHE.labels(name, "bypass")

    async def load(self, workspace_id: UUID, key: str, load: Load) -> bytes:
        """The bytes under `key`, from Valkey or from `load`. What `load` raises is raised. Never stale after `bump`."""
        stamp_key = self._stamp_key(workspace_id)
        if self._valkey.owes(stamp_key):
            return await self._without(load)
        value_key = f"{self._prefix}:{self._valkey.generation}:{{{workspace_id}}}:{key}"
        try:
            stamp, value = await self._valkey.ask("MGET", stamp_key, value_key)
            if stamp is None:
                stamp, value = await self._new_stamp(stamp_key), None
        except ValkeyError:
            return await self._without(load)
        if value is not None and (body := _unwrap(value, stamp)) is not None:
            self._hit.inc()
            return body
        self._miss.inc()
        return await self._shared(value_key, stamp, load)

    async def bump(self, workspace_id: UUID) -> None:
        """Call after each commit and before answering it: whatever was cached of this workspace is out of date."""
        # DEL, not SET: the next reader makes a new stamp, and a server out of memory refuses SET.
        stamp_key = self._stamp_key(workspace_id)
        await self._valkey.owe(stamp_key, "DEL", stamp_key)

    async def _without(self, load: Load) -> bytes:
        # No single flight here: without a stamp nobody knows whether a load under way began before somebody's write.
        self._bypass.inc()
        return await load()

    async def _new_stamp(self, stamp_key: str) -> bytes:
        """Ours, unless somebody was quicker. (SET NX GET answers the value that was there.)"""
        stamp = os.urandom(STAMP_BYTES)
        earlier: bytes | None = await self._valkey.ask("SET", stamp_key, stamp, "NX", "GET", "EX", STAMP_TTL_S)
        return stamp if earlier is None else earlier

    async def _shared(self, value_key: str, stamp: bytes, load: Load) -> bytes:
        """One load for all who miss the same value under the same stamp; in a task, so that who hangs up stops nobody
        else.
        """
        flight = self._flights.get((value_key, stamp))
        if flight is not None:
            try:
                return await asyncio.shield(flight)
            except Exception:
                return await load()  # the first one's deadline or bad luck is not ours
        flight = asyncio.create_task(self._load_and_keep(value_key, stamp, load))
        self._flights[value_key, stamp] = flight
        flight.add_done_callback(lambda done: self._landed(value_key, stamp, done))
        return await asyncio.shield(flight)

    def _landed(self, value_key: str, stamp: bytes, flight: asyncio.Task[bytes]) -> None:
        del self._flights[value_key, stamp]
        if not flight.cancelled():
            flight.exception()  # looked at, in case everybody who waited has gone

    async def _load_and_keep(self, value_key: str, stamp: bytes, load: Load) -> bytes:
        body = await load()
        if len(body) <= VALUE_MAX_BYTES:
            self._valkey.tell("SET", value_key, _wrap(body, stamp), "EX", self._ttl_s)
        else:
            metrics.CACHE_SKIPPED.labels(self._name).inc()
        return body

    def _stamp_key(self, workspace_id: UUID) -> str:
        return f"{self._prefix}:{{{workspace_id}}}:stamp"


def _wrap(body: bytes, stamp: bytes) -> bytes:
    return stamp + zlib.crc32(body).to_bytes(CHECK_BYTES) + body


def _unwrap(value: bytes, stamp: bytes) -> bytes | None:
    """The body, or None for another stamp's value and for bytes that are not ours."""
    if not value.startswith(stamp):
        return None
    body = value[STAMP_BYTES + CHECK_BYTES :]
    return body if value[STAMP_BYTES : STAMP_BYTES + CHECK_BYTES] == zlib.crc32(body).to_bytes(CHECK_BYTES) else None
