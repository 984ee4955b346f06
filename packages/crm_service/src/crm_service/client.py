"""Calls to another of our services: a deadline, one retry where it is safe within a budget, a breaker per address."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from crm_service import metrics
from crm_service.breaker import Breaker
from crm_service.context import current, remaining_s
from crm_service.errors import UpstreamBroken, UpstreamDown, UpstreamTimeout
from crm_service.trace import continue_trace

T = TypeVar("T")

CONNECT_TIMEOUT_S = 1.0
TOTAL_TIMEOUT_S = 15.0
IDLE_S = 20.0  # shorter than the server's 75 s: an idle connection is closed by us, never under us
IN_FLIGHT_MAX, PLACE_WAIT_S = 64, 0.1  # what one slow service may hold of us; who finds no place is told so soon
RETRY_FROM_S, RETRY_TO_S = 0.025, 0.25
RETRY_SHARE, RETRY_MIN = 0.2, 3  # retries under way: at most a fifth of the calls under way, but 3

_SAFE = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer below 500: what a 404 or 422 means is the caller's to say."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self, kind: type[T]) -> T:
        """The body as `kind`; UpstreamBroken if it is something else."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except msgspec.MsgspecError as error:
            raise UpstreamBroken from error


@dataclass(slots=True)
class _Address:
    url: str
    breaker: Breaker = field(default_factory=Breaker)


class _ConnectFailed(Exception):
    """Nothing was sent, so that any method may be tried again."""


class _BreakerOpen(UpstreamDown):
    """Not even tried: trying again at once would only wait."""


class ServiceClient:
    """`base_urls`: one instance or several, a comma list or a sequence. Use as `async with`, or `await close()`."""

    def __init__(self, base_urls: str | Sequence[str], key: str, caller_name: str) -> None:
        urls = base_urls.split(",") if isinstance(base_urls, str) else base_urls
        self._addresses = [_Address(url.strip().rstrip("/")) for url in urls if url.strip()]
        self._proof = {"X-Internal-Key": key, "X-Internal-Caller": caller_name}
        self._next = 0
        self._active = 0
        self._retrying = 0
        self._places = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, *, caller: Any = None, **options: Any) -> Reply:
        return await self.request("GET", path, caller=caller, **options)

    async def post(self, path: str, json: Any, *, caller: Any = None, **options: Any) -> Reply:
        return await self.request("POST", path, caller=caller, json=json, **options)

    async def request(
        self,
        method: str,
        path: str,
        *,
        caller: Any = None,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        timeout_s: float = TOTAL_TIMEOUT_S,
    ) -> Reply:
        """One call. `caller`: passes a Caller's headers on; without it the call has no user (`/internal/` routes).

        Raises UpstreamDown (503), UpstreamTimeout (504), UpstreamBroken (502). Takes no longer than `timeout_s` nor
        than what is left of the request's own deadline.
        """
        left = remaining_s()
        limit_s = timeout_s if left is None else min(timeout_s, left)
        sent = self._headers(caller, headers, idempotency_key)
        body = None if json is None else msgspec.json.encode(json)
        repeatable = method in _SAFE or idempotency_key is not None
        await self._take_place()
        self._active += 1
        try:
            async with asyncio.timeout(limit_s):
                return await self._with_retry(method, path, params, sent, body, limit_s, repeatable)
        except TimeoutError:
            raise UpstreamTimeout from None
        finally:
            self._active -= 1
            self._places.release()

    async def _take_place(self) -> None:
        try:
            async with asyncio.timeout(PLACE_WAIT_S):
                await self._places.acquire()
        except TimeoutError:
            raise UpstreamDown("Too much is being asked of a service that this needs.", retry_after_s=1.0) from None

    async def _with_retry(
        self,
        method: str,
        path: str,
        params: Any,
        headers: dict[str, str],
        body: bytes | None,
        limit_s: float,
        repeatable: bool,
    ) -> Reply:
        ends_at = asyncio.get_running_loop().time() + limit_s
        try:
            return await self._once(method, path, params, headers, body, ends_at)
        except _BreakerOpen:
            raise
        except (_ConnectFailed, UpstreamDown, UpstreamBroken) as error:
            if not (repeatable or isinstance(error, _ConnectFailed)) or not self._may_retry():
                raise _public(error) from None
        self._retrying += 1
        try:
            await asyncio.sleep(random.uniform(RETRY_FROM_S, RETRY_TO_S))  # noqa: S311 (jitter, no secret)
            return await self._once(method, path, params, headers, body, ends_at)
        except _ConnectFailed as error:
            raise _public(error) from None
        finally:
            self._retrying -= 1

    def _may_retry(self) -> bool:
        return self._retrying < max(RETRY_MIN, self._active * RETRY_SHARE)

    async def _once(
        self, method: str, path: str, params: Any, headers: dict[str, str], body: bytes | None, ends_at: float
    ) -> Reply:
        address = self._pick()
        left_ms = max(1, int((ends_at - asyncio.get_running_loop().time()) * 1000))
        headers["X-Internal-Deadline-Ms"] = str(left_ms)
        started = perf_counter()
        outcome = "abandoned"
        try:
            async with self._open_session().request(
                method, address.url + path, params=params, headers=headers, data=body, allow_redirects=False
            ) as answer:
                reply = Reply(answer.status, await answer.read(), answer.headers)
            outcome = "failed" if 502 <= reply.status <= 504 else "answered"
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            outcome = "failed"
            raise _ConnectFailed from error
        except (aiohttp.ClientError, OSError) as error:
            outcome = "failed"
            raise UpstreamBroken from error
        except asyncio.CancelledError:
            # Our own deadline also arrives as a cancellation; a client that hung up says nothing about the other side.
            if asyncio.get_running_loop().time() >= ends_at - 0.005:
                outcome = "failed"
            raise
        finally:
            self._note(address, outcome, perf_counter() - started)
        return _judged(reply)

    def _pick(self) -> _Address:
        """Round robin over the addresses whose breaker lets a call through."""
        for offset in range(len(self._addresses)):
            address = self._addresses[(self._next + offset) % len(self._addresses)]
            if address.breaker.allows():
                self._next += offset + 1
                return address
        waits = [address.breaker.retry_after_s() for address in self._addresses]
        raise _BreakerOpen(retry_after_s=min(waits, default=1.0))

    def _note(self, address: _Address, outcome: str, seconds: float) -> None:
        if outcome == "answered":
            address.breaker.succeeded()
        elif outcome == "failed":
            address.breaker.failed()
        else:
            address.breaker.abandoned()
        metrics.UPSTREAM_SECONDS.labels(address.url, outcome).observe(seconds)
        metrics.BREAKER_OPEN.labels(address.url).set(address.breaker.is_open)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_S),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                # aiohttp repeats idempotent requests by itself; retries are counted in one layer, this one.
                middlewares=(),
            )
            self._session._retry_connection = False
        return self._session

    def _headers(self, caller: Any, extra: Mapping[str, str] | None, idempotency_key: str | None) -> dict[str, str]:
        context = current.get()
        headers = {"Content-Type": "application/json", **self._proof, **(extra or {})}
        if caller is not None:
            headers.update(caller.headers())
        elif context is not None:
            headers["X-Request-Id"] = context.request_id
        headers["traceparent"] = continue_trace(
            headers.get("traceparent") or (context.traceparent if context else None)
        )
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        return headers


def _judged(reply: Reply) -> Reply:
    """5xx are the other side's trouble, told as ours: 503 and 504 as they are, the rest as 502."""
    if reply.status < 500:
        return reply
    if reply.status == 503:
        raise UpstreamDown(retry_after_s=_seconds(reply.headers.get("Retry-After")))
    if reply.status == 504:
        raise UpstreamTimeout
    raise UpstreamBroken


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 1.0


def _public(error: Exception) -> Exception:
    return UpstreamDown(retry_after_s=1.0) if isinstance(error, _ConnectFailed) else error
