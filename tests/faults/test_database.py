"""D1: Postgres dies under load. What was told as done is there, and what was told as undone is not."""

import asyncio
import time
from typing import Any

import asyncpg
import httpx2
import pytest
from ledger import DATABASES, Change, Found, Ledger, Write, Writer, read
from outages import killed

from crm_testkit import Installation, eventually

WRITERS, WRITES_PER_S = 10, 50
BACK_WITHIN_S = 10


async def accepts(admin_url: str) -> bool:
    for name in DATABASES:
        await (await asyncpg.connect(admin_url + name, timeout=1)).close()
    return True


async def all_kept(ledger: Ledger, admin_url: str, workspace_id: str) -> bool:
    assert ledger.compare(await read(admin_url, workspace_id)) == []
    return True


async def test_postgres_dies_at_fifty_writes_a_second(
    healthy: Installation, gateways: list[str], admin_url: str
) -> None:
    client = healthy.client()
    workspace_id = client.get("/api/v1/me").json()["workspaces"][0]["id"]
    pids = {name: pid["pid"] for name, pid in healthy.processes().items() if name != "postgres"}
    ledger, going_on = Ledger(), True

    async with asyncio.TaskGroup() as writers:
        for number in range(WRITERS):
            base = gateways[number % 2]
            http = httpx2.AsyncClient(base_url=base, headers=dict(client.headers), timeout=30)
            writer = Writer(f"w{number}", http, ledger, WRITES_PER_S / WRITERS)
            writers.create_task(writer.write_while(lambda: going_on))
        await eventually(lambda: ledger.count("ok") >= 2 * WRITERS, within_s=20)
        for _ in range(2):
            with killed(healthy, "postgres"):
                await until_refused(ledger)
            await eventually(lambda: accepts(admin_url), within_s=30)
            await until_written(ledger)
        going_on = False

    assert ledger.problems == []
    assert {name: healthy.pid(name) for name in pids} == pids, "nothing but Postgres was started again"
    await eventually(lambda: all_kept(ledger, admin_url, workspace_id), within_s=30)


async def until_refused(ledger: Ledger) -> None:
    seen = len(ledger.writes)
    await eventually(lambda: any(write.outcome != "ok" for write in ledger.writes[seen:]), within_s=10)


async def until_written(ledger: Ledger) -> None:
    """Every writer succeeds again within the time that is promised, counted from when Postgres takes connections."""
    began, seen = time.monotonic(), len(ledger.writes)

    def all_write() -> bool:
        return len({write.token.split("-")[0] for write in ledger.writes[seen:] if write.outcome == "ok"}) == WRITERS

    await eventually(all_write, within_s=BACK_WITHIN_S)
    assert time.monotonic() - began <= BACK_WITHIN_S + 1


class TestTheLedgerItself:
    """The control: each promise, broken once on paper, is found."""

    HELD = Found([Change("p", 1, "f1", "t1"), Change("p", 2, "f2", "t2")], [("p", 1, "f1"), ("p", 2, "f2")], 0, 0)
    WRITES = (Write("t1", "ok", [201]), Write("t2", "unknown", [503]), Write("t3", "nothing", [503]))

    def test_finds_nothing_where_all_held(self) -> None:
        assert Ledger(list(self.WRITES)).compare(self.HELD) == []

    @pytest.mark.parametrize(
        ("promise", "change"),
        [
            ("a 2xx is kept", {"changes": HELD.changes[1:], "timeline": HELD.timeline[1:]}),
            ("nothing means nothing", {"changes": [*HELD.changes, Change("q", 1, "f3", "t3")]}),
            ("once means once", {"changes": [*HELD.changes, Change("p", 3, "f3", "t1")]}),
            ("only what was asked for", {"changes": [*HELD.changes, Change("q", 1, "f3", "t4")]}),
            ("no version is left out", {"changes": [HELD.changes[0], Change("p", 3, "f2", "t2")]}),
            ("each fact is shown", {"timeline": HELD.timeline[1:]}),
            ("and shown once", {"timeline": [*HELD.timeline, HELD.timeline[0]]}),
            ("none waits", {"unsent": 1}),
            ("none is parked", {"parked": 1}),
        ],
    )
    def test_finds(self, promise: str, change: dict[str, Any]) -> None:
        found = Found(**(vars(self.HELD) | change))
        assert Ledger(list(self.WRITES)).compare(found) != [], promise
