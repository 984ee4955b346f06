"""What works: of this process alone, and of all services together."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from gateway import __version__
from gateway.exchange import Exchange
from gateway.problems import Header
from gateway.upstream.probe import probe

# A frozen service must not hold the answer back (case U8: 2 s).
SERVICE_WITHIN_S = 1.2
REUSE_S = 0.5

JSON: tuple[Header, ...] = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))

Ping = Callable[[], Awaitable[None]]


class Health:
    """`services`: base URLs by name. Without `needs` this process is not ready, without `uses` it is degraded."""

    def __init__(
        self, services: Mapping[str, tuple[str, ...]], *, needs: Mapping[str, Ping], uses: Mapping[str, Ping]
    ) -> None:
        self._services = services
        self._needs = needs
        self._uses = uses
        self._asked: asyncio.Task[dict[str, Any]] | None = None
        self._asked_at = 0.0
        self.draining = False

    async def live(self, x: Exchange) -> None:
        await x.answer(200, JSON, b'{"status":"ok"}')

    async def ready(self, x: Exchange) -> None:
        checks = await _checks(self._needs)
        ready = not self.draining and all(state == "ok" for state in checks.values())
        status = "draining" if self.draining else "ok" if ready else "down"
        body = msgspec.json.encode({"status": status, "checks": checks | await _checks(self._uses)})
        await x.answer(200 if ready else 503, JSON, body)

    async def overall(self, x: Exchange) -> None:
        report = await self._report()
        await x.answer(503 if report["status"] == "down" else 200, JSON, msgspec.json.encode(report))

    async def _report(self) -> dict[str, Any]:
        """Many who ask at once are one question to the services."""
        if self._asked is None or time.monotonic() - self._asked_at > REUSE_S:
            self._asked_at = time.monotonic()
            self._asked = asyncio.get_running_loop().create_task(self._ask_all())
        return await asyncio.shield(self._asked)

    async def _ask_all(self) -> dict[str, Any]:
        names = list(self._services)
        states = await asyncio.gather(*(_state(self._services[name]) for name in names), self._own())
        services = dict(zip([*names, "gateway"], states, strict=True))
        return {"status": _overall(services, names), "version": __version__, "services": services}

    async def _own(self) -> dict[str, Any]:
        started = time.monotonic()
        checks = await _checks({**self._needs, **self._uses})
        status = "ok" if all(state == "ok" for state in checks.values()) else "degraded"
        return {"status": status, "latency_ms": _since(started), "checks": checks}


def _overall(services: Mapping[str, dict[str, Any]], names: list[str]) -> str:
    """Down when no service answers; degraded when anything at all is amiss."""
    if names and all(services[name]["status"] == "down" for name in names):
        return "down"
    return "ok" if all(state["status"] == "ok" for state in services.values()) else "degraded"


async def _state(base_urls: tuple[str, ...]) -> dict[str, Any]:
    """The best of a service's instances: one that works carries it."""
    states = await asyncio.gather(*(_instance_state(url) for url in base_urls))
    ranked = sorted(states, key=lambda state: ("ok", "degraded", "down").index(state["status"]))
    best = ranked[0]
    if best["status"] == "ok" and ranked[-1]["status"] != "ok":
        return {**best, "status": "degraded"}
    return best


async def _instance_state(base_url: str) -> dict[str, Any]:
    started = time.monotonic()
    answer = await probe(base_url, "/health/ready", within_s=SERVICE_WITHIN_S)
    if answer is None:
        return {"status": "down", "latency_ms": _since(started), "checks": {}}
    status, body = answer
    return {"status": "ok" if status == 200 else "degraded", "latency_ms": _since(started), "checks": _told(body)}


def _told(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    checks = told.get("checks", {}) if isinstance(told, dict) else {}
    return checks if isinstance(checks, dict) else {}


async def _checks(pings: Mapping[str, Ping]) -> dict[str, str]:
    states = await asyncio.gather(*(_check(ping) for ping in pings.values()))
    return dict(zip(pings, states, strict=True))


async def _check(ping: Ping) -> str:
    try:
        async with asyncio.timeout(SERVICE_WITHIN_S):
            await ping()
    except Exception:
        return "down"
    return "ok"


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)
