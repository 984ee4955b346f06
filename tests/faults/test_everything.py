"""I1: writers keep a ledger while anything may be killed or frozen; afterwards every line of it is true."""

import asyncio
import os
import random
import signal

import httpx2
from ledger import Ledger, Writer
from outages import frozen, running
from test_database import all_kept

from crm_testkit import Installation, eventually

SECONDS = float(os.environ.get("CRM_NEMESIS_S", "30"))
SEED = int(os.environ.get("CRM_NEMESIS_SEED", "0")) or random.SystemRandom().randrange(1, 10_000)
VICTIMS = ("contacts", "contacts-worker", "events", "events-worker", "identity", "nats", "valkey", "postgres")
WRITERS = 10
ATTEMPTS = 6


async def nemesis(whole: Installation, chance: random.Random, seconds: float) -> list[str]:
    """Kills, or freezes for a moment, one part after the other, whether or not the last one is back."""
    clock = asyncio.get_running_loop().time
    until, deeds = clock() + seconds, []
    while clock() < until:
        name = chance.choice([one for one in VICTIMS if one in running(whole)])
        if chance.random() < 0.3:
            deeds.append(f"{name} frozen")
            with frozen(whole, name):
                await asyncio.sleep(chance.uniform(0.2, 3))
        else:
            deeds.append(f"{name} killed")
            whole.signal(name, signal.SIGKILL)
        await asyncio.sleep(chance.uniform(0.5, 3))
    return deeds


async def test_every_line_of_the_ledger_is_true(healthy: Installation, gateways: list[str], admin_url: str) -> None:
    print("CRM_NEMESIS_SEED", SEED)
    client = healthy.client()
    workspace_id = client.get("/api/v1/me").json()["workspaces"][0]["id"]
    ledger, going_on = Ledger(), True
    async with asyncio.TaskGroup() as tasks:
        for number in range(WRITERS):
            http = httpx2.AsyncClient(base_url=gateways[number % 2], headers=dict(client.headers), timeout=30)
            writer = Writer(f"w{number}", http, ledger, per_s=3, attempts=ATTEMPTS)
            tasks.create_task(writer.write_while(lambda: going_on))
        deeds = await nemesis(healthy, random.Random(SEED), SECONDS)  # noqa: S311 (repeatable, no secret)
        print(deeds)
        healed = ledger.count("ok") + WRITERS
        await eventually(lambda: ledger.count("ok") >= healed, within_s=60)
        going_on = False
    print({outcome: ledger.count(outcome) for outcome in ("ok", "nothing", "unknown")})
    assert ledger.problems == []
    await eventually(lambda: all_kept(ledger, admin_url, workspace_id), within_s=60)
    assert len(client.get("/api/v1/contacts", params={"limit": 200}).json()["items"]) > 0
