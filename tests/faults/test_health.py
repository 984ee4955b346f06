"""U8 and U1: whatever is away, /health says so and nothing else; what is not away goes on."""

import time
from typing import Any

import httpx2
import pytest
from load import steady
from outages import OUTAGES, killed

from crm_testkit import Installation, eventually

# The promise is 2 s; the rest is for a machine on which other suites run.
TOLD_WITHIN_S = 4.0
REFUSED_WITHIN_S = 2.0
# What was only frozen has nothing to start: it is there with the next question.
BACK_WITHIN_S = {"killed": 30.0, "frozen": 8.0}
SERVICES = ("identity", "contacts", "events")
MISSED = {
    "postgres": {f"{service}.postgres" for service in SERVICES},
    "nats": {f"{one}.nats" for one in ("gateway", *SERVICES)},
    "valkey": {f"{one}.valkey" for one in ("gateway", *SERVICES)},
    "identity": {"identity"},
    "contacts": {"contacts"},
    "events": {"events"},
}


def amiss(report: dict[str, Any]) -> set[str]:
    """The services that do not answer, and the failed checks of those that do."""
    down = {name for name, told in report["services"].items() if told["status"] == "down"}
    failed = {
        f"{name}.{check}"
        for name, told in report["services"].items()
        for check, state in told["checks"].items()
        if state != "ok"
    }
    return down | failed


class Watch:
    """Asks /health, and remembers the slowest answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.slowest_s = 0.0
        self.status = 0
        self.report: dict[str, Any] = {}

    async def amiss(self) -> set[str]:
        began = time.monotonic()
        async with httpx2.AsyncClient(timeout=30) as http:
            answer = await http.get(f"{self._url}/health")
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.status, self.report = answer.status_code, answer.json()
        return amiss(self.report)

    async def names_exactly(self, expected: set[str]) -> bool:
        seen = await self.amiss()
        assert seen == expected
        return True


@pytest.mark.parametrize("how", OUTAGES)
@pytest.mark.parametrize("name", MISSED)
async def test_what_is_away_is_named_and_nothing_else(healthy: Installation, name: str, how: str) -> None:
    watch = Watch(healthy.url)
    assert await watch.amiss() == set(), "the control: it does not name what is there"
    with OUTAGES[how](healthy, name):
        await eventually(lambda: watch.names_exactly(MISSED[name]), within_s=TOLD_WITHIN_S)
        assert (watch.status, watch.report["status"]) == (200, "degraded")
        assert watch.slowest_s < TOLD_WITHIN_S
        for other in sorted({"gateway", *SERVICES} - {name}):
            assert await probe(healthy, other, "live") == 200, other
            ready = await probe(healthy, other, "ready")
            assert ready == (503 if name == "postgres" and other != "gateway" else 200), other
    await eventually(lambda: watch.names_exactly(set()), within_s=BACK_WITHIN_S[how])


async def probe(whole: Installation, name: str, what: str) -> int:
    async with httpx2.AsyncClient(timeout=10) as http:
        return (await http.get(f"http://127.0.0.1:{whole.processes()[name]['port']}/health/{what}")).status_code


class TestServiceDies:
    """U1"""

    OTHERS = (("GET", "/api/v1/me", None), ("GET", "/api/v1/events", None))

    async def test_its_calls_are_refused_at_once_and_others_go_on(
        self, healthy: Installation, gateways: list[str]
    ) -> None:
        headers = dict(healthy.client().headers)
        async with httpx2.AsyncClient(base_url=gateways[0], headers=headers, timeout=30) as http:
            before = await steady([http], self.OTHERS, count=100, per_s=30)
            with killed(healthy, "contacts"):
                refuse_read = await timed(http, "GET", None)
                refuse_write = await timed(http, "POST", {"last_name": "Noether"})
                during = await steady([http], self.OTHERS, count=100, per_s=30)
            for took_s, refused in (refuse_read, refuse_write):
                assert took_s < REFUSED_WITHIN_S
                assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
                assert int(refused.headers["retry-after"]) >= 1
                assert "outcome" not in refused.json(), "it never left the gateway"
            assert before.failures + during.failures == []
            assert during.p95 <= 1.5 * before.p95 + 100, (before.p95, during.p95)


async def timed(http: httpx2.AsyncClient, method: str, body: dict[str, str] | None) -> tuple[float, httpx2.Response]:
    began = time.monotonic()
    answer = await http.request(method, "/api/v1/contacts", json=body)
    return time.monotonic() - began, answer
