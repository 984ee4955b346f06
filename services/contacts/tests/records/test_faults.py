"""What happens when something else is in the way: a lock, another instance, a worker that dies."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import httpx2
import pytest
from conftest import Api, Identity

from crm_cache import Valkey
from crm_testkit.eventually import eventually
from crm_testkit.processes import Running, Starter


class TestLockedRow:
    """D4"""

    async def test_is_a_refusal_after_the_lock_timeout(self, api: Api, database: Any) -> None:
        person = api.person()
        owner = await asyncpg.connect(database("contacts").owner_url)
        async with owner.transaction():
            await owner.fetch("select 1 from contact where id = $1 for update", person["id"])
            began = time.monotonic()
            answer = await asyncio.to_thread(api.patch, f"/contacts/{person['id']}", {"title": "x"})
            waited_s = time.monotonic() - began
        await owner.close()
        assert answer.status_code in (409, 503)
        assert 1 < waited_s < 4
        assert api.patch(f"/contacts/{person['id']}", {"title": "x"}).json()["version"] == 2


class TestAnotherInstance:
    """C3"""

    def test_shows_what_was_written_through_the_first(
        self, api: Api, start_service: Starter, identity: Identity
    ) -> None:
        second = start_service("contacts", "serve", CRM_IDENTITY_URL=identity.url)
        person = api.person()
        path = f"/contacts/{person['id']}"
        with httpx2.Client(base_url=second.base_url) as client:
            there = Api(client, api.user)
            for number in range(20):
                there.get(path), there.get("/contacts")
                api.patch(path, {"title": f"T{number}"})
                assert there.get(path).json()["title"] == f"T{number}"
                assert there.get("/contacts").json()["items"][0]["title"] == f"T{number}"
        second.stop()


class TestKilledWorker:
    """I3"""

    async def test_bulk_change_is_finished_by_the_next(
        self, api: Api, crowd: Any, start_service: Starter, identity: Identity
    ) -> None:
        everybody = await asyncio.to_thread(crowd, api, 6000)
        body = {"action": "set", "filter": {"and": []}, "values": {"title": "Unheard of"}}
        operation = api.post("/contacts/bulk", body).json()["operation_id"]
        doomed = start_service("contacts", "work", CRM_IDENTITY_URL=identity.url)
        clause = {"field": "title", "op": "eq", "value": "unheard of"}
        await eventually(lambda: api.names({"filter": clause, "limit": 1}), within_s=30)
        doomed.kill()
        assert api.get(f"/operations/{operation}").json()["status"] == "running"
        survivor = start_service("contacts", "work", CRM_IDENTITY_URL=identity.url)
        await eventually(lambda: api.get(f"/operations/{operation}").json()["status"], has="done", within_s=60)
        assert api.get(f"/operations/{operation}").json()["counts"] == {"updated": len(everybody)}
        versions = {item["version"] for item in api.get("/contacts", {"limit": 200}).json()["items"]}
        assert versions == {2}
        survivor.stop()

    async def test_bulk_change_that_cannot_be_finished_is_undone(
        self, api: Api, crowd: Any, worker: Running, database: Any
    ) -> None:
        everybody = await asyncio.to_thread(crowd, api, 1500)
        owner = await asyncpg.connect(database("contacts").owner_url)
        last = max(everybody)
        async with owner.transaction():  # the last chunk waits for us, then finds that one has gone
            await owner.fetch("select 1 from contact where id = $1 for update", last)
            body = {"action": "set", "ids": everybody, "values": {"title": "Unheard of"}}
            operation = (await asyncio.to_thread(api.post, "/contacts/bulk", body)).json()["operation_id"]
            await owner.execute("delete from contact where id = $1", last)
        await owner.close()
        await eventually(lambda: api.get(f"/operations/{operation}").json()["status"], has="failed", within_s=60)
        undone_by = api.get(f"/operations/{operation}").json()["undone_by"]
        await eventually(lambda: api.get(f"/operations/{undone_by}").json()["status"], has="done", within_s=60)
        assert api.names({"filter": {"field": "title", "op": "eq", "value": "unheard of"}}) == []


class TestGarbageInTheCache:
    """C3"""

    @pytest.mark.parametrize("path", ["/contacts", "/companies"])
    async def test_is_a_miss(self, api: Api, servers: Any, path: str) -> None:
        api.person(), api.company()
        first = api.get(path).json()
        cache = await Valkey.open(servers.valkey_url)
        kept = [key for key in await cache.ask("KEYS", f"*{api.user.workspace_id}*") if not key.endswith(b":stamp")]
        assert kept
        for key in kept:
            await cache.ask("SET", key, b"garbage")
        await cache.close()
        assert api.get(path).json() == first
