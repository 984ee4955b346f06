"""/health/live and /health/ready: this process alone, from the pings of what it holds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, is_dataclass
from time import perf_counter
from typing import Any

import msgspec

PING_TIMEOUT_S = 1.0

# Without these nothing can be answered; without the others it is slower, or later.
CRITICAL = {"postgres", "keys"}
_CHECK_NAMES = {"db": "postgres", "database": "postgres", "broker": "nats", "cache": "valkey", "buckets": "valkey"}

Ping = Callable[[], Awaitable[Any]]


class Health:
    """Set `draining` when the process was told to stop: readiness goes first, answers under way are finished."""

    def __init__(self, checks: Mapping[str, Ping]) -> None:
        self._checks = dict(checks)
        self.draining = False
        self.starting = True

    def watch(self, checks: Mapping[str, Ping]) -> None:
        """The resources are open: from now on readiness asks them."""
        self._checks.update(checks)
        self.starting = False

    async def ready(self) -> tuple[int, bytes]:
        """200 ok | 200 degraded (something that can be done without is away) | 503 down, with each check by name."""
        started = perf_counter()
        names = list(self._checks)
        results = await asyncio.gather(*(_ping(self._checks[name]) for name in names))
        checks = dict(zip(names, results, strict=True))
        failed = {name for name, result in checks.items() if result != "ok"}
        status = "down" if self.starting or self.draining or failed & CRITICAL else "degraded" if failed else "ok"
        body = {"status": status, "latency_ms": round((perf_counter() - started) * 1000, 1), "checks": checks}
        if self.draining:
            body["draining"] = True
        return (503 if status == "down" else 200), msgspec.json.encode(body)


async def _ping(ping: Ping) -> str:
    """`ok`, or a word for what is wrong. Never the error's text: it may name hosts, and readiness needs no key."""
    try:
        async with asyncio.timeout(PING_TIMEOUT_S):
            answer = await ping()
    except TimeoutError:
        return "timeout"
    except Exception:
        return "down"
    return "down" if answer is False else "ok"


def checks_of(state: Any) -> dict[str, Ping]:
    """The pings of a service's State, by what is behind each: a field `db` is the check `postgres`."""
    if not is_dataclass(state):
        return {}
    checks: dict[str, Ping] = {}
    for field in fields(state):
        ping = _ping_of(getattr(state, field.name))
        if ping is not None:
            checks.setdefault(_CHECK_NAMES.get(field.name, field.name), ping)
    return checks


def _ping_of(resource: Any) -> Ping | None:
    if callable(ping := getattr(resource, "ping", None)):
        return ping  # type: ignore[no-any-return]
    if hasattr(resource, "is_connected"):  # nats-py's client has no ping of its own

        async def connected() -> bool:
            return bool(resource.is_connected)

        return connected
    return None


class HealthStep:
    """Answers the two probes before anything else is asked: an orchestrator has no key. Stays out of the access log."""

    def __init__(self, app: Any, *, health: Health) -> None:
        self._app = app
        self._health = health

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if not path.startswith("/health/") or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        elif path == "/health/live":
            await _send(scope, send, 200, b'{"status":"ok"}')
        elif path == "/health/ready":
            await _send(scope, send, *await self._health.ready())
        else:
            await self._app(scope, receive, send)


async def _send(scope: Any, send: Any, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
