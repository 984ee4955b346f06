"""C1 and C3: Valkey dies, stands still or holds rubbish under load; nobody gets an error, or anything old."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import valkey
from load import Call, Figures, steady
from outages import OUTAGES, frozen

from crm_testkit import Installation, eventually

CALLS, PER_S = 160, 40
# A call may wait 50 ms for a frozen Valkey before the breaker opens, and reads without it cost the database. The rest
# is for a machine on which other suites run; a client without a time limit of its own takes seconds.
SLOWER = 3
SLACK_MS = 150


@pytest.fixture
async def clients(healthy: Installation, gateways: list[str]) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """The same person at both gateways."""
    headers = dict((await asyncio.to_thread(healthy.client)).headers)
    made = [httpx2.AsyncClient(base_url=base, headers=headers, timeout=30) for base in gateways]
    yield made
    for client in made:
        await client.aclose()


@pytest.fixture
async def calls(clients: list[httpx2.AsyncClient]) -> list[Call]:
    people = [(await clients[0].post("/api/v1/contacts", json={"last_name": f"P{n}"})).json()["id"] for n in range(5)]
    reads: list[Call] = [("GET", f"/api/v1/contacts/{person}", None) for person in people]
    change: Call = ("PATCH", f"/api/v1/contacts/{people[0]}", {"title": "Engineer"})
    return [*reads, ("GET", "/api/v1/contacts", None), change]


def holds(base: Figures, figures: Figures) -> bool:
    assert figures.failures == []
    return figures.p95 <= SLOWER * base.p95 + SLACK_MS


@pytest.mark.parametrize("how", OUTAGES)
async def test_without_valkey_all_is_answered_and_about_as_fast(
    healthy: Installation, clients: list[httpx2.AsyncClient], calls: list[Call], how: str
) -> None:
    base = await steady(clients, calls, count=CALLS, per_s=PER_S)
    under_way = asyncio.create_task(steady(clients, calls, count=2 * CALLS, per_s=PER_S))
    await asyncio.sleep(1)  # so that the calls before, during and after it are all among those that are counted
    with OUTAGES[how](healthy, "valkey"):
        during = await under_way
    print(how, "p50/p95 ms", base.p50, base.p95, "->", during.p50, during.p95)
    assert base.failures == []
    assert holds(base, during)


async def test_control_what_is_needed_can_not_stand_still_unnoticed(
    healthy: Installation, clients: list[httpx2.AsyncClient], calls: list[Call]
) -> None:
    base = await steady(clients, calls, count=CALLS // 2, per_s=PER_S)
    with frozen(healthy, "contacts"):
        under_way = asyncio.create_task(steady(clients, calls, count=CALLS // 2, per_s=PER_S))
        await asyncio.sleep(2)
    assert not holds(base, await under_way)


async def test_what_was_written_meanwhile_is_read_afterwards_through_either_gateway(
    healthy: Installation, clients: list[httpx2.AsyncClient]
) -> None:
    here, there = clients
    path = "/api/v1/contacts/" + (await here.post("/api/v1/contacts", json={"last_name": "Zuse"})).json()["id"]
    await there.get(path)
    for how, outage in OUTAGES.items():
        with outage(healthy, "valkey"):
            assert (await here.patch(path, json={"title": how})).status_code == 200
            assert (await there.get(path)).json()["title"] == how
        for number in range(20):
            title = f"{how} {number}"
            assert (await there.get(path)).json()["title"] == (how if number == 0 else f"{how} {number - 1}")
            await here.patch(path, json={"title": title})
            assert (await there.get("/api/v1/contacts")).json()["items"][0]["title"] == title
            assert (await there.get(path)).json()["title"] == title


async def test_rubbish_in_the_cache_is_a_miss(
    healthy: Installation, clients: list[httpx2.AsyncClient], valkey_url: str
) -> None:
    here, there = clients
    path = "/api/v1/contacts/" + (await here.post("/api/v1/contacts", json={"last_name": "Zuse"})).json()["id"]
    workspace_id = (await here.get("/api/v1/me")).json()["workspaces"][0]["id"]
    paths = (path, "/api/v1/contacts", "/api/v1/events")
    before = [(await here.get(one)).json() for one in paths]
    store = valkey.Valkey.from_url(valkey_url)

    def kept() -> list[bytes]:
        return [key for key in store.keys(f"*{workspace_id}*") if store.type(key) == b"string"]

    keys = await eventually(kept)
    for rubbish in (b"", b"\x00\xff garbage", b'{"id": 1}', b"\x93NUMPY" * 1000):
        for key in keys:
            store.set(key, rubbish)
        assert [(await there.get(one)).json() for one in paths] == before
