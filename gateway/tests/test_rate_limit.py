"""Cases R1, R3, R4, R5, R6: buckets at the gateway, on real Valkey."""

import asyncio
import math
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
from problem import problem
from service import Service

from crm_testkit import OwnValkey, Running, Servers, Tokens, eventually

POLICY = re.compile(r'"(\w+)";q=(\d+);w=(\d+)')
STATE = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')

Start = Callable[..., Running]
ON = {"CRM_RATE_LIMITS": "on", "CRM_BUCKET_USER": "20/10", "CRM_BUCKET_ADDRESS": "20/10"}


def _state(answer: httpx.Response) -> tuple[str, int, int]:
    match = STATE.fullmatch(answer.headers["ratelimit"])
    assert match is not None
    return match[1], int(match[2]), int(match[3])


def _headers(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.user('Ada').token}"}


async def _drain(client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
    while True:
        answer = await client.get("/api/v1/me", headers=headers)
        if answer.status_code == 429:
            return answer


async def test_every_api_answer_tells_the_state_of_its_bucket(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    gateway, headers = start_gateway(**ON), _headers(tokens)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        expected = [("/api/v1/contacts", 200), ("/api/v1/contacts?limit=0", 400), ("/api/v1/contacts/1", 404)]
        for path, status in expected:
            answer = await client.get(path, headers=headers)
            assert (answer.status_code, answer.headers["ratelimit-policy"]) == (status, '"user";q=20;w=2')
            assert _state(answer)[0] == "user"
        for path, status in [("/api/v1/contacts", 401), ("/api/v1/nothing", 404)]:
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["ratelimit-policy"]) == (status, '"address";q=20;w=2')
        assert "ratelimit" not in (await client.get("/health/live")).headers


async def test_a_refusal_says_when_to_come_back_and_keeps_its_word(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    gateway, headers = start_gateway(**{**ON, "CRM_BUCKET_USER": "5/1"}), _headers(tokens)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        answer = await _drain(client, headers)
        body = problem(answer, 429)
        assert body["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
        assert body["violated-policies"] == ["user"]
        wait_s = int(answer.headers["retry-after"])
        assert wait_s >= max(1, _state(answer)[2])
        reached = len(upstream.seen)
        problem(await client.get("/api/v1/me", headers=headers), 429)
        assert len(upstream.seen) == reached
        await asyncio.sleep(wait_s)  # the promise is about time: there is nothing to poll
        assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


async def test_two_gateways_share_one_bucket(start_gateway: Start, upstream: Service, tokens: Tokens) -> None:
    gateways = [start_gateway(**ON), start_gateway(**ON)]
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=40)) as client:
        for gateway in gateways:  # so that neither key set nor connection is part of what is timed
            await client.get(f"{gateway.base_url}/api/v1/me", headers=_headers(tokens))
        for _ in range(5):
            headers = _headers(tokens)
            calls = [client.get(f"{gateways[i % 2].base_url}/api/v1/me", headers=headers) for i in range(200)]
            started = time.monotonic()
            answers = await asyncio.gather(*calls)
            took_s = time.monotonic() - started
            allowed = sum(answer.status_code == 200 for answer in answers)
            assert {answer.status_code for answer in answers} == {200, 429}
            assert 20 <= allowed <= 20 + math.ceil(10 * took_s)


async def test_a_call_that_costs_more_than_is_left_takes_nothing(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    gateway, headers = start_gateway(**{**ON, "CRM_BUCKET_USER": "20/0.01"}), _headers(tokens)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        assert _state(await client.get("/api/v1/me", headers=headers))[1] == 19
        answer = await client.post("/api/v1/contacts/bulk", json={}, headers=headers)
        assert (answer.status_code, _state(answer)[1]) == (429, 19)


async def test_the_workspace_is_a_bucket_that_its_members_share(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    gateway = start_gateway(**{**ON, "CRM_BUCKET_WORKSPACE": "3/0.01"})
    shared = {"X-Workspace-Id": str(uuid.uuid4())}
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        for _ in range(3):
            assert (await client.get("/api/v1/contacts", headers={**_headers(tokens), **shared})).status_code == 200
        answer = await client.get("/api/v1/contacts", headers={**_headers(tokens), **shared})
        assert problem(answer, 429)["violated-policies"] == ["workspace"]


async def test_strangers_share_the_bucket_of_their_address(start_gateway: Start, upstream: Service) -> None:
    gateway = start_gateway(**{**ON, "CRM_BUCKET_ADDRESS": "5/0.01"})
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        statuses = []
        for i in range(8):
            headers = {"Authorization": f"Bearer {uuid.uuid4()}", "X-Forwarded-For": f"203.0.113.{i}"}
            statuses.append((await client.get("/api/v1/contacts", headers=headers)).status_code)
    assert statuses == [401] * 5 + [429] * 3


def test_one_household_of_ipv6_is_one_bucket() -> None:
    from gateway.addresses import bucket_address

    assert bucket_address("2001:db8:1:2::1") == bucket_address("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert bucket_address("2001:db8:1:3::1") != bucket_address("2001:db8:1:2::1")
    assert bucket_address("::ffff:203.0.113.9") == bucket_address("203.0.113.9")


async def test_switched_off_there_are_no_headers_and_no_refusals(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answers = [await client.get("/api/v1/me", headers=signed_in) for _ in range(150)]
    assert {answer.status_code for answer in answers} == {200}
    assert "ratelimit" not in answers[0].headers


async def _metric(gateway: Running, name: str) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{gateway.metrics_url}/metrics")).text
    match = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert match is not None, name
    return float(match[1])


async def test_without_valkey_each_gateway_grants_its_share_and_nobody_waits(
    start_gateway: Start, upstream: Service, tokens: Tokens, own_valkey: OwnValkey, servers: Servers
) -> None:
    """Case R6: killed and frozen."""
    environ: dict[str, Any] = {**ON, "VALKEY_URL": own_valkey.url, "CRM_GATEWAYS": "2", "CRM_BUCKET_USER": "20/0.1"}
    gateway = start_gateway(**environ)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        warm = _headers(tokens)
        assert _state(await client.get("/api/v1/me", headers=warm))[1] == 19
        for take_away in (own_valkey.freeze, own_valkey.kill):
            take_away()
            await client.get("/api/v1/me", headers=_headers(tokens))
            headers, statuses, slowest_s = _headers(tokens), [], 0.0
            for _ in range(20):
                started = time.monotonic()
                statuses.append((await client.get("/api/v1/me", headers=headers)).status_code)
                slowest_s = max(slowest_s, time.monotonic() - started)
            assert statuses == [200] * 10 + [429] * 10
            assert slowest_s < 0.25
            assert await _metric(gateway, "ratelimit_degraded") == 1
            own_valkey.thaw()
        own_valkey.start()

        async def shared_again() -> bool:
            return _state(await client.get("/api/v1/me", headers=_headers(tokens)))[1] == 19

        await eventually(shared_again, within_s=5)
        assert await _metric(gateway, "ratelimit_degraded") == 0
