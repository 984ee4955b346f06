"""Case U8: what does not work is named, in time, and nothing else is."""

import time
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
from aiohttp import web
from service import Service, running

from crm_testkit import OwnValkey, Running, Tokens, eventually

Start = Callable[..., Running]


async def _health(gateway: Running) -> tuple[int, dict[str, Any]]:
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        answer = await client.get("/health")
        return answer.status_code, answer.json()


async def test_all_is_well(start_gateway: Start, upstream: Service) -> None:
    gateway = start_gateway(NATS_URL="")
    status, report = await _health(gateway)
    assert (status, report["status"], sorted(report["services"])) == (200, "ok", ["contacts", "gateway", "identity"])
    assert report["services"]["contacts"]["checks"] == {"postgres": "ok"}
    assert report["services"]["contacts"]["latency_ms"] > 0
    assert report["version"]


async def test_a_service_whose_database_is_away_is_named_with_it(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    with running(tokens) as contacts:

        @contacts.on("GET", "/health/ready")
        async def ready(_request: web.Request) -> web.Response:
            return web.json_response({"checks": {"postgres": "down", "nats": "ok"}}, status=503)

        status, report = await _health(start_gateway(CRM_CONTACTS_URL=contacts.url, NATS_URL=""))
    states = {name: state["status"] for name, state in report["services"].items()}
    assert (status, report["status"]) == (200, "degraded")
    assert states == {"contacts": "degraded", "identity": "ok", "gateway": "ok"}
    assert report["services"]["contacts"]["checks"]["postgres"] == "down"


async def test_a_dead_service_is_degraded_and_all_dead_is_down(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    with running(tokens) as identity:
        gateway = start_gateway(CRM_CONTACTS_URL="http://127.0.0.1:9", CRM_IDENTITY_URL=identity.url, NATS_URL="")
        status, report = await _health(gateway)
        assert (status, report["status"], report["services"]["contacts"]["status"]) == (200, "degraded", "down")

    async def down() -> bool:
        return (await _health(gateway))[0] == 503

    await eventually(down)
    assert (await _health(gateway))[1]["status"] == "down"


async def test_a_frozen_service_does_not_hold_the_answer_back(start_gateway: Start, upstream: Service) -> None:
    """The frozen one is a real process, stopped by a signal: it accepts connections and answers nothing."""
    frozen = start_gateway(NATS_URL="")
    gateway = start_gateway(CRM_CONTACTS_URL=frozen.base_url, NATS_URL="")
    assert (await _health(gateway))[1]["services"]["contacts"]["status"] == "ok"
    frozen.pause()
    try:
        await eventually(lambda: _state_of(gateway, "contacts", "down"))
        started = time.monotonic()
        status, report = await _health(gateway)
        assert time.monotonic() - started < 2
        assert (status, report["status"], report["services"]["identity"]["status"]) == (200, "degraded", "ok")
    finally:
        frozen.resume()
    await eventually(lambda: _state_of(gateway, "contacts", "ok"))


async def _state_of(gateway: Running, service: str, state: str) -> bool:
    return bool((await _health(gateway))[1]["services"][service]["status"] == state)


async def test_valkey_away_degrades_the_gateway_alone_and_leaves_it_ready(
    start_gateway: Start, upstream: Service, own_valkey: OwnValkey
) -> None:
    gateway = start_gateway(VALKEY_URL=own_valkey.url, NATS_URL="")
    own_valkey.kill()
    await eventually(lambda: _state_of(gateway, "gateway", "degraded"))
    status, report = await _health(gateway)
    assert (status, report["status"]) == (200, "degraded")
    assert report["services"]["gateway"]["checks"] == {"keys": "ok", "valkey": "down"}
    assert {report["services"][name]["status"] for name in ("contacts", "identity")} == {"ok"}
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.get("/health/live")).status_code == 200
