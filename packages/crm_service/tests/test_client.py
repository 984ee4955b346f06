"""Calls to another service: what is repeated and what is not, how long anybody waits, what the caller is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from crm_auth import Caller, Role
from crm_service import ServiceClient, UpstreamBroken, UpstreamDown, UpstreamTimeout
from crm_testkit import Tokens, eventually, internal_keys
from crm_testkit.processes import free_port


class Upstream:
    """A server that does to each request what the test says, in turn; the last behaviour stays."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heads: list[str] = []
        self.script: list[str] = ["ok"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((int(line[15:]) for line in head.splitlines() if line.startswith("Content-Length:")), 0)
                await reader.readexactly(length)
                self.heads.append(head)
                await self._behave(self.script.pop(0) if len(self.script) > 1 else self.script[0], reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _behave(self, what: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if what == "reset":
            writer.transport.abort()
        elif what == "hang":
            await reader.read()  # until the client goes away
        elif what == "half":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            await writer.drain()
            writer.transport.abort()
        else:
            status = "200 OK" if what == "ok" else f"{what} Status\r\nRetry-After: 7"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            await writer.drain()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    running = Upstream()
    server = await asyncio.start_server(running.handle, "127.0.0.1", running.port)
    yield running
    server.close()


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[ServiceClient]:
    async with ServiceClient(upstream.url, "the-key", "events") as ready:
        yield ready


async def test_who_calls_is_proved_and_the_deadline_is_told(client: ServiceClient, upstream: Upstream) -> None:
    await client.get("/x", timeout_s=3)

    head = upstream.heads[0].lower()
    assert "x-internal-key: the-key" in head and "x-internal-caller: events" in head
    assert "traceparent: 00-" in head
    left_ms = int(head.split("x-internal-deadline-ms: ")[1].split()[0])
    assert 2900 < left_ms <= 3000


@pytest.mark.parametrize("fault", ["reset", "502", "503", "half"])
async def test_a_get_is_tried_once_more(client: ServiceClient, upstream: Upstream, fault: str) -> None:
    upstream.script = [fault, "ok"]

    assert (await client.get("/x")).status == 200
    assert len(upstream.heads) == 2


async def test_once_and_not_more(client: ServiceClient, upstream: Upstream) -> None:
    upstream.script = ["reset", "reset", "ok"]

    with pytest.raises(UpstreamBroken):
        await client.get("/x")
    assert len(upstream.heads) == 2


@pytest.mark.parametrize("key,seen", [(None, 1), ("a-key", 2)])
async def test_a_post_is_repeated_only_with_an_idempotency_key(
    client: ServiceClient, upstream: Upstream, key: str | None, seen: int
) -> None:
    upstream.script = ["reset", "ok"]
    if key is None:
        with pytest.raises(UpstreamBroken):
            await client.post("/x", {"name": "Ada"})
    else:
        assert (await client.post("/x", {"name": "Ada"}, idempotency_key=key)).status == 200
        assert all(f"Idempotency-Key: {key}" in head for head in upstream.heads)
    assert len(upstream.heads) == seen


async def test_a_post_that_never_left_is_tried_again(upstream: Upstream) -> None:
    async with ServiceClient([f"http://127.0.0.1:{free_port()}", upstream.url], "k", "events") as client:
        assert (await client.post("/x", {})).status == 200


@pytest.mark.parametrize(
    "status,error,told",
    [
        ("503", UpstreamDown, 503),
        ("504", UpstreamTimeout, 504),
        ("502", UpstreamBroken, 502),
        ("500", UpstreamBroken, 502),
    ],
)
async def test_the_other_sides_trouble_is_told_by_kind(
    client: ServiceClient, upstream: Upstream, status: str, error: type[Exception], told: int
) -> None:
    upstream.script = [status]

    with pytest.raises(error) as raised:
        await client.post("/x", {})
    assert raised.value.status == told  # type: ignore[attr-defined]
    if status == "503":
        assert raised.value.retry_after_s == 7  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", ["404", "409", "422"])
async def test_what_the_other_side_refuses_is_the_callers_to_judge(
    client: ServiceClient, upstream: Upstream, status: str
) -> None:
    upstream.script = [status]

    assert (await client.get("/x")).status == int(status)


async def test_nobody_there_is_503(upstream: Upstream) -> None:
    async with ServiceClient(f"http://127.0.0.1:{free_port()}", "k", "events") as client:
        with pytest.raises(UpstreamDown) as raised:
            await client.get("/x")
    assert raised.value.retry_after_s


async def test_a_silent_server_costs_the_deadline_and_then_nothing(client: ServiceClient, upstream: Upstream) -> None:
    upstream.script = ["hang"]
    for _ in range(5):
        started = time.monotonic()
        with pytest.raises(UpstreamTimeout):
            await client.get("/x", timeout_s=0.1)
        assert time.monotonic() - started < 0.3
    started = time.monotonic()
    with pytest.raises(UpstreamDown):  # the breaker
        await client.get("/x", timeout_s=0.1)
    assert time.monotonic() - started < 0.05

    upstream.script = ["ok"]

    async def answers() -> bool:
        return (await client.get("/x")).status == 200

    await eventually(answers, within_s=5)


async def test_a_client_that_hangs_up_is_no_failure_of_the_other_side(
    client: ServiceClient, upstream: Upstream
) -> None:
    upstream.script = ["hang"]
    for number in range(10):
        asking = asyncio.create_task(client.get("/x"))
        await eventually(lambda number=number: len(upstream.heads) > number)  # type: ignore[misc]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    upstream.script = ["ok"]

    assert (await client.get("/x")).status == 200


async def test_a_storm_of_failures_is_not_doubled_by_retries(client: ServiceClient, upstream: Upstream) -> None:
    """A service that answers 503 sees at most 1.2 times what its callers asked."""
    upstream.script = ["503"]
    asked = 200
    await asyncio.gather(*(client.get("/x") for _ in range(asked)), return_exceptions=True)

    assert len(upstream.heads) <= asked * 1.2


async def test_a_slow_service_holds_no_more_of_us_than_its_places(client: ServiceClient, upstream: Upstream) -> None:
    upstream.script = ["hang"]
    held = [asyncio.create_task(client.get("/slow", timeout_s=5)) for _ in range(64)]
    await eventually(lambda: len(upstream.heads) == 64)

    started = time.monotonic()
    with pytest.raises(UpstreamDown):
        await client.get("/one-more", timeout_s=5)
    assert time.monotonic() - started < 0.3
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    upstream.script = ["ok"]
    assert (await client.get("/x")).status == 200


async def test_several_instances_share_the_calls(upstream: Upstream) -> None:
    other = Upstream()
    server = await asyncio.start_server(other.handle, "127.0.0.1", other.port)
    async with ServiceClient(f"{upstream.url}, {other.url}", "k", "events") as client:
        for _ in range(10):
            await client.get("/x")
    server.close()

    assert (len(upstream.heads), len(other.heads)) == (5, 5)


async def test_bytes_that_are_no_answer_are_502(client: ServiceClient) -> None:
    reply = await client.get("/x")

    assert reply.json(dict[str, int]) == {}
    with pytest.raises(UpstreamBroken):
        reply.json(list[int])


async def test_between_two_real_services_the_caller_goes_along(start: Any, tokens: Tokens) -> None:
    service = start()
    user = tokens.user("Ada Lovelace")
    caller = Caller(
        user_id=UUID(user.id),
        workspace_id=UUID(user.workspace_id),
        role=Role.ADMIN,
        actor_name="Ada Lovelace",
        session_id=None,
        token=user.token,
        request_id="request-7",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ip="203.0.113.7",
        country=None,
        time_zone="UTC",
        currency=None,
        scopes=None,
    )
    async with ServiceClient(service.base_url, internal_keys()["events"], "events") as client:
        reply = await client.get("/api/v1/whoami", caller=caller)

    said = reply.json(dict[str, str])
    assert (said["role"], said["actor"]) == ("admin", "Ada Lovelace")
    assert said["trace"].startswith("00-4bf92f3577b34da6a3ce929d0e0e4736")
    assert reply.headers["X-Request-Id"] == "request-7"
