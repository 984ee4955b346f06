"""Cases G7, G9, G11 (hang-ups), U1 to U4, U7: to the service and back."""

import asyncio
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from aiohttp import web
from problem import problem
from service import Service

from crm_testkit import Running, eventually

Start = Callable[..., Running]


def _cut(request: web.Request) -> None:
    """Ends the connection to the gateway at once, as a crash would."""
    assert request.transport is not None
    request.transport.abort()


async def test_a_read_reaches_the_service_and_its_answer_comes_back(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/contacts?limit=5", headers=signed_in)
    assert (answer.status_code, answer.json()["items"], answer.headers["etag"]) == (200, [], '"1.0"')
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.headers["x-content-type-options"], answer.headers["cross-origin-resource-policy"]) == (
        "nosniff",
        "same-origin",
    )
    assert [(seen.method, seen.path) for seen in upstream.seen] == [("GET", "/api/v1/contacts?limit=5")]


async def test_nothing_hop_by_hop_goes_in(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    hops = {
        "Keep-Alive": "a",
        "Proxy-Authorization": "a",
        "TE": "trailers",
        "Trailer": "X-A",
        "Proxy-Connection": "a",
        "X-Named": "a",
    }
    headers = {
        **signed_in,
        **hops,
        "Connection": "authorization, x-workspace-id, x-named",
        "Cookie": "a=b",
        "If-None-Match": '"1"',
    }
    assert (await client.get("/api/v1/contacts", headers=headers)).status_code == 200
    names = {name.lower() for name, _ in upstream.seen[0].headers}
    assert names & {*(name.lower() for name in hops), "connection", "cookie", "upgrade"} == set()
    assert upstream.seen[0].values("authorization") == [signed_in["Authorization"]]
    assert upstream.seen[0].values("if-none-match") == ['"1"']


async def test_nothing_of_the_inside_comes_out(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str], gateway: Running
) -> None:
    @upstream.on("GET", "/api/v1/contacts")
    async def leaky(request: web.Request) -> web.Response:
        return web.json_response(
            {},
            headers={
                "Server": "inner/1",
                "X-Internal-Key": request.headers["X-Internal-Key"],
                "X-Powered-By": "a",
                "Set-Cookie": "a=b",
                "Location": "http://127.0.0.1:1234/api/v1/contacts/1?a=b",
                "Via": "inner",
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": "public",
                "X-Operation-Id": "kept",
            },
        )

    answer = await client.get("/api/v1/contacts", headers=signed_in)
    assert answer.headers["location"] == "/api/v1/contacts/1?a=b"
    assert (answer.headers["x-operation-id"], answer.headers["cache-control"]) == ("kept", "no-store")
    assert {"server", "x-internal-key", "x-powered-by", "set-cookie", "via", "access-control-allow-origin"} & set(
        answer.headers
    ) == set()
    assert gateway.environ["CRM_INTERNAL_KEY"] not in str(answer.headers) + answer.text + gateway.logs


async def test_a_service_that_is_down_is_a_503_within_a_second(
    start_gateway: Start, upstream: Service, signed_in: dict[str, str]
) -> None:
    gateway = start_gateway(CRM_CONTACTS_URL="http://127.0.0.1:9")
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        started = time.monotonic()
        answer = await client.get("/api/v1/contacts", headers=signed_in)
        problem(answer, 503)
        assert (int(answer.headers["retry-after"]) >= 1, time.monotonic() - started < 1) == (True, True)


async def test_a_second_instance_carries_on_for_the_first(
    start_gateway: Start, upstream: Service, signed_in: dict[str, str]
) -> None:
    gateway = start_gateway(CRM_CONTACTS_URL=f"http://127.0.0.1:9,{upstream.url}")
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        answers = [await client.get("/api/v1/contacts", headers=signed_in) for _ in range(10)]
        answers.append(await client.post("/api/v1/contacts", json={}, headers=signed_in))
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    ("method", "headers", "status", "calls"),
    [("GET", {}, 200, 2), ("POST", {}, 502, 1), ("POST", {"Idempotency-Key": "a"}, 200, 2)],
)
async def test_a_reset_before_the_answer_is_repeated_only_where_that_is_safe(
    method: str,
    headers: dict[str, str],
    status: int,
    calls: int,
    client: httpx.AsyncClient,
    upstream: Service,
    signed_in: dict[str, str],
) -> None:
    """Case U3."""

    @upstream.on(method, "/api/v1/contacts")
    async def resets_once(request: web.Request) -> web.Response:
        if len(upstream.seen) == 1:
            _cut(request)
            await asyncio.sleep(1)
        return web.json_response({})

    json = {} if method == "POST" else None
    answer = await client.request(method, "/api/v1/contacts", json=json, headers={**signed_in, **headers})
    assert (answer.status_code, len(upstream.seen)) == (status, calls)
    if status == 502:
        assert problem(answer, 502)["outcome"] == "unknown"


async def test_a_cut_answer_never_looks_whole(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    """Case U4."""

    @upstream.on("GET", "/api/v1/contacts")
    async def breaks_off(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"a" * 1024)
        await asyncio.sleep(0.1)
        _cut(request)
        await asyncio.sleep(1)
        return answer

    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/api/v1/contacts", headers=signed_in)


async def test_control_a_streamed_answer_comes_whole_and_in_pieces(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("GET", "/api/v1/contacts")
    async def streams(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(64):
            await answer.write(b"a" * 65536)
        return answer

    answer = await client.get("/api/v1/contacts", headers=signed_in)
    assert answer.content == b"a" * 65536 * 64


async def test_a_client_that_hangs_up_ends_the_work(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    """Case G11, second half: nothing leaks, however often."""

    @upstream.on("GET", "/api/v1/contacts")
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.json_response({})

    async def hang_up() -> None:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/api/v1/contacts", headers=signed_in, timeout=0.3)

    await asyncio.gather(*(hang_up() for _ in range(60)))
    await eventually(lambda: upstream.cancelled == len(upstream.seen), within_s=1)
    upstream.reset()
    answers = await asyncio.gather(*(client.get("/api/v1/contacts", headers=signed_in) for _ in range(60)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_slow_service_is_a_504_and_then_a_quick_503_until_it_is_back(
    start_gateway: Start, upstream: Service, signed_in: dict[str, str]
) -> None:
    """Case U2 with a deadline of one second."""
    gateway = start_gateway(CRM_DEADLINE_S="1")
    stuck = True

    @upstream.on("GET", "/api/v1/contacts")
    async def sleeps(_request: web.Request) -> web.Response:
        if stuck:
            await asyncio.sleep(30)
        return web.json_response({})

    @upstream.on("GET", "/health/live")
    async def live(_request: web.Request) -> web.Response:
        return web.json_response({}, status=503 if stuck else 200)

    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        started = time.monotonic()
        answers = await asyncio.gather(*(client.get("/api/v1/contacts", headers=signed_in) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {504}
        assert 0.9 < time.monotonic() - started < 1.5
        started = time.monotonic()
        problem(await client.get("/api/v1/contacts", headers=signed_in), 503)
        assert time.monotonic() - started < 0.05
        stuck = False

        async def back() -> bool:
            return (await client.get("/api/v1/contacts", headers=signed_in)).status_code == 200

        await eventually(back, within_s=5)


async def test_more_than_a_service_can_take_is_refused_at_once(
    start_gateway: Start, upstream: Service, signed_in: dict[str, str]
) -> None:
    """Case U7 with eight places."""
    gateway = start_gateway(CRM_UPSTREAM_IN_FLIGHT="8")
    await _warm(gateway, signed_in)

    @upstream.on("GET", "/api/v1/contacts")
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.json_response({})

    async def timed(client: httpx.AsyncClient) -> tuple[int, float, str]:
        started = time.monotonic()
        answer = await client.get("/api/v1/contacts", headers=signed_in)
        return answer.status_code, time.monotonic() - started, answer.text

    async with httpx.AsyncClient(base_url=gateway.base_url, timeout=30) as client:
        results = await asyncio.gather(*(timed(client) for _ in range(30)))
    refused = [result for result in results if result[0] == 503]
    assert (len(refused), {status for status, _, _ in results}) == (22, {200, 503})
    assert max(took for _, took, _ in refused) < 0.5
    assert all("temporary-reduced-capacity" in text for _, _, text in refused)


async def _warm(gateway: Running, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        assert (await client.get("/api/v1/contacts", headers=headers)).status_code == 200


async def test_a_large_upload_is_passed_on_while_it_comes(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    async def pieces() -> Any:
        for _ in range(30):
            yield b"a" * 100_000

    headers = {**signed_in, "Content-Type": "multipart/form-data; boundary=b"}
    answer = await client.post("/api/v1/imports", content=pieces(), headers=headers)
    assert (answer.status_code, len(upstream.seen[0].body)) == (200, 3_000_000)


async def test_a_service_that_refuses_an_upload_early_is_heard(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("POST", "/api/v1/imports")
    async def refuses(_request: web.Request) -> web.Response:
        return web.json_response({}, status=415)

    answer = await client.post("/api/v1/imports", files={"file": b"a" * 1_000_000}, headers=signed_in)
    assert answer.status_code == 415


async def test_a_record_that_does_not_exist_answers_as_the_service_says(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    @upstream.on("GET", "/api/v1/files/a")
    async def missing(_request: web.Request) -> web.Response:
        return web.json_response({"code": "gone"}, status=404, content_type="application/problem+json")

    answer = await client.get("/api/v1/files/a", headers=signed_in)
    assert (answer.status_code, answer.json()) == (404, {"code": "gone"})
    assert urlsplit(str(answer.url)).path == "/api/v1/files/a"
    assert uuid.UUID(hex=answer.headers["x-request-id"])
