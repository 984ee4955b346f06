"""How a process of a service lives: probes, drain, hang-ups, deadlines, the worker, the commands."""

import asyncio
import json
import signal
import urllib.request
from typing import Any

import aiohttp
import pytest

from crm_testkit import Tokens, eventually, internal_headers

GATEWAY = internal_headers()


async def _ready(base_url: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"{base_url}/health/ready") as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    "failing,status,says", [("", 200, "ok"), ("valkey", 200, "degraded"), ("postgres", 503, "down")]
)
async def test_readiness_names_what_is_away(start: Any, failing: str, status: int, says: str) -> None:
    service = start(CRM_FAIL_CHECKS=failing)

    async def settled() -> bool:
        return (await _ready(service.base_url))[1]["checks"].get("keys") == "ok"

    await eventually(settled)
    code, body = await _ready(service.base_url)
    assert (code, body["status"]) == (status, says)
    assert {name for name, check in body["checks"].items() if check != "ok"} == ({failing} if failing else set())
    assert "internal:5432" not in json.dumps(body)  # what is wrong inside is for the log


async def test_an_issuer_that_is_down_at_the_start_is_503_and_not_a_crash(start: Any, tokens: Tokens) -> None:
    service = start(CRM_IDENTITY_URL="http://127.0.0.1:9")
    code, body = await _ready(service.base_url)
    assert (code, body["checks"]["keys"]) == (503, "down")

    headers = internal_headers(tokens.user())
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{service.base_url}/api/v1/people", headers=headers) as answer,
    ):
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1


async def test_one_of_two_instances_of_the_issuer_is_enough(start: Any, tokens: Tokens) -> None:
    service = start(CRM_IDENTITY_URL=f"http://127.0.0.1:9, {tokens.url}")

    async def keys() -> str:
        return str((await _ready(service.base_url))[1]["checks"]["keys"])

    await eventually(keys, has="ok")


async def test_told_to_stop_it_finishes_what_it_has_begun(start: Any) -> None:
    service = start()
    async with aiohttp.ClientSession() as session:
        under_way = asyncio.create_task(_slow(session, service.base_url, 1.0))
        await eventually(lambda: _in_flight(service))
        service.process.send_signal(signal.SIGTERM)

        assert await under_way == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await _slow(session, service.base_url, 0)
    assert await asyncio.to_thread(service.process.wait, 10) == 0


async def _slow(session: aiohttp.ClientSession, base_url: str, seconds: float, **more: str) -> int:
    url = f"{base_url}/api/v1/slow?seconds={seconds}"
    async with session.get(url, headers={**GATEWAY, **more}) as answer:
        await answer.read()
        return answer.status


def _in_flight(service: Any) -> bool:
    with urllib.request.urlopen(f"{service.metrics_url}/metrics", timeout=2) as answer:  # noqa: S310
        return b"http_requests_in_flight 1.0" in answer.read()


@pytest.mark.parametrize("method,seconds,ends", [("GET", 30, "cancelled"), ("POST", 0.5, "finished")])
async def test_who_hangs_up_ends_a_read_and_not_a_change(start: Any, method: str, seconds: float, ends: str) -> None:
    service = start()
    async with aiohttp.ClientSession() as impatient:
        url = f"{service.base_url}/api/v1/slow?seconds={seconds}"
        asking = asyncio.create_task(_answered(impatient.request(method, url, headers=GATEWAY)))
        await eventually(lambda: _in_flight(service))
        asking.cancel()

    async def seen() -> list[str]:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{service.base_url}/api/v1/seen", headers=GATEWAY) as answer,
        ):
            return list(await answer.json())

    await eventually(seen, has=ends, within_s=2)
    if ends == "cancelled":
        await eventually(lambda: service.lines, has='"status":499')
    assert "Exception in ASGI" not in service.lines


async def _answered(request: Any) -> int:
    async with request as answer:
        return int(answer.status)


@pytest.mark.parametrize("deadline_ms,status", [("100", 504), ("5000", 200), ("nonsense", 200)])
async def test_nobody_works_past_the_callers_deadline(
    http: aiohttp.ClientSession, deadline_ms: str, status: int
) -> None:
    headers = {**GATEWAY, "X-Internal-Deadline-Ms": deadline_ms}
    async with http.get("/api/v1/slow?seconds=0.4", headers=headers) as answer:
        assert answer.status == status
        body = await answer.json(content_type=None)
    if status == 504:
        assert body["code"] == "deadline_passed"
    elif deadline_ms == "5000":
        assert 4 < body["left_s"] <= 5
    else:
        assert body["left_s"] is None


async def test_metrics_and_operator_pages_are_on_their_own_port(http: aiohttp.ClientSession, service: Any) -> None:
    await _slow(http, "", 0)
    async with aiohttp.ClientSession(service.metrics_url) as operator:
        async with operator.get("/metrics") as answer:
            assert 'http_request_duration_seconds_count{method="GET",route="/api/v1/slow",status="200"}' in (
                await answer.text()
            )
        async with operator.get("/outbox") as answer:
            assert await answer.text() == "<h1>Mails</h1>"
    for path in ("/metrics", "/outbox"):
        async with http.get(path, headers=GATEWAY) as answer:
            assert answer.status == 404


class TestWorker:
    async def test_a_task_that_fails_is_started_again_and_readiness_names_it(self, start: Any) -> None:
        worker = start("work")

        async def restarted() -> str:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{worker.metrics_url}/metrics") as answer,
            ):
                return await answer.text()

        await eventually(restarted, has='worker_task_restarts{task="stumbles"} 2.0')
        code, body = await _ready(worker.base_url)
        assert (code, body["status"]) == (200, "degraded")
        assert (body["checks"]["counts"], body["checks"]["stumbles"]) == ("ok", "down")
        assert "RuntimeError: stumbled" in worker.lines

    async def test_it_serves_nothing_but_the_probes(self, start: Any) -> None:
        worker = start("work")
        async with aiohttp.ClientSession() as session:
            for path, status in [("/health/live", 200), ("/api/v1/people", 404), ("/openapi.json", 404)]:
                async with session.get(worker.base_url + path, headers=GATEWAY) as answer:
                    assert answer.status == status

    async def test_told_to_stop_it_ends(self, start: Any) -> None:
        worker = start("work")
        worker.process.send_signal(signal.SIGTERM)

        assert await asyncio.to_thread(worker.process.wait, 10) == 0


class TestCommands:
    def test_the_openapi_document_needs_no_environment_and_is_always_the_same(self, command: Any) -> None:
        first, second = command("openapi"), command("openapi", PYTHONHASHSEED="7")

        assert first.returncode == 0, first.stderr
        assert first.stdout == second.stdout

    def test_wrong_settings_are_one_sentence_with_every_name_and_no_value(self, command: Any) -> None:
        done = command("serve", CRM_FAIL_CHECKS_FILE="/no/such/file", CRM_INTERNAL_KEYS_FILE="/nor/this")

        said = done.stderr.decode()
        assert done.returncode == 2
        assert "CRM_FAIL_CHECKS" in said and "CRM_INTERNAL_KEYS" in said
        assert "Traceback" not in said

    def test_a_port_that_is_taken_ends_the_process_with_a_sentence(self, command: Any, service: Any) -> None:
        taken = service.base_url.removeprefix("http://")

        done = command("serve", CRM_LISTEN=taken)
        assert done.returncode == 1
        assert b"address already in use" in done.stdout and b"Traceback" not in done.stdout + done.stderr

    def test_an_unknown_command_says_which_there_are(self, command: Any) -> None:
        said = command("dance").stderr.decode()

        assert all(name in said for name in ("serve", "work", "openapi"))
