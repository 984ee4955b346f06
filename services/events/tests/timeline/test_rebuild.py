"""`rebuild` makes the timelines anew from the log, to the identical result."""

import asyncio
import subprocess
from typing import Any
from uuid import uuid4

import asyncpg
from support import Client, Installation, fact

from crm_testkit import eventually
from crm_testkit.repository import folder

TABLES = ("timeline_fact", "timeline_entry")


async def contents(admin: asyncpg.Connection) -> dict[str, list[Any]]:
    return {table: await admin.fetch(f"select t::text from {table} t order by 1") for table in TABLES}


async def all_told(client: Client, number: int) -> bool:
    return len(await client.timeline()) == number


async def rebuild(installation: Installation) -> str:
    worker = installation.workers[0]
    done = await asyncio.to_thread(
        subprocess.run,
        [*worker.command[:3], "rebuild"],
        env=worker.environ,
        cwd=folder("events"),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


async def test_of_lost_changed_and_foreign_rows_nothing_is_left(installation: Installation) -> None:
    client, admin = installation.client, installation.admin
    await installation.work()
    notes = [await client.make(title=f"{number}", body="Text") for number in range(20)]
    for note in notes[:10]:
        await client("PATCH", f"/events/{note['id']}", {"title": "Changed"})
    await client("DELETE", f"/events/{notes[0]['id']}?purge=true")
    workspace_id, grace, acme = client.user.workspace_id, str(uuid4()), str(uuid4())
    await installation.state(
        fact(workspace_id, grace, 1, "created", first_name="Grace"), fact(workspace_id, grace, 2, company_id=acme)
    )
    await eventually(lambda: all_told(client, 33), within_s=10)
    whole = await contents(admin)
    assert all(whole.values())

    await admin.execute("delete from timeline_fact where record_id = $1::uuid", notes[1]["id"])
    await admin.execute(
        "update timeline_fact set changes = '[]', kind = 'change' where version = 1 and record_id <> $1::uuid",
        notes[0]["id"],
    )
    await admin.execute("delete from timeline_entry")
    assert await contents(admin) != whole, "control: the damage is seen"

    assert "of 1 workspaces" in await rebuild(installation)
    assert await contents(admin) == whole


async def test_what_the_stream_has_forgotten_is_made_from_what_was_kept(installation: Installation) -> None:
    client, admin = installation.client, installation.admin
    await installation.work()
    await installation.state(fact(client.user.workspace_id, str(uuid4()), 1, "created", first_name="Grace"))
    await eventually(lambda: all_told(client, 1), within_s=10)
    whole = await contents(admin)
    assert all(whole.values())
    installation.nats.kill()
    installation.nats.forget()
    installation.nats.start()
    await admin.execute("delete from timeline_entry")
    await rebuild(installation)
    assert await contents(admin) == whole
