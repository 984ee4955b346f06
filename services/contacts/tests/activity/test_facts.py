"""Facts out and in, over the broker: what contacts states fits its contract, what events states moves last activity."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import jsonschema_rs
import pytest
from conftest import Api

import crm_facts
from crm_db import Database
from crm_testkit.eventually import eventually
from crm_testkit.processes import Running
from crm_testkit.servers import Servers

CONTRACTS = Path(__file__).parents[4] / "contracts" / "facts" / "contacts"


@pytest.fixture
async def heard(servers: Servers, worker: Running, api: Api) -> Any:
    """`await heard("contact.created")`: the newest fact of that type of this workspace."""
    nats = await crm_facts.connect(servers.nats_url, "test")

    async def newest(type_: str) -> dict[str, Any]:
        async def ask() -> Any:
            subject = f"facts.v1.{api.user.workspace_id}.contacts.{type_}"
            return json.loads((await nats.jetstream().get_last_msg("FACTS", subject)).data)

        return await eventually(ask, within_s=10)

    yield newest
    await nats.close()


class TestFactsOut:
    @pytest.mark.parametrize("noun", ["contact", "company"])
    async def test_every_verb_fits_its_contract(self, api: Api, heard: Any, noun: str) -> None:
        plural = {"contact": "contacts", "company": "companies"}[noun]
        record = api.person(first_name="Ada", tags=["t"]) if noun == "contact" else api.company()
        path = f"/{plural}/{record['id']}"
        api.patch(path, {"description": "x"})
        api.delete(path)
        api.post(f"{path}/restore")
        api.delete(path, {"purge": "true"})
        for version, verb in enumerate(("created", "changed", "trashed", "restored", "purged"), start=1):
            fact = await heard(f"{noun}.{verb}")
            contract = json.loads((CONTRACTS / f"{noun}.{verb}.v1.json").read_text())
            jsonschema_rs.validator_for(contract["schema"]).validate(fact)
            assert (fact["data"]["version"], fact["subject"]) == (version, record["id"])

    async def test_change_says_what_from_and_to(self, api: Api, heard: Any) -> None:
        person = api.person(first_name="Ada", address={"city": "Rome"})
        answer = api.patch(f"/contacts/{person['id']}", {"title": "CTO", "address": {"city": "Bari"}})
        data = (await heard("contact.changed"))["data"]
        assert data["before"] == {"title": None, "address.city": "Rome"}
        assert data["after"] == {"title": "CTO", "address.city": "Bari"}
        assert data["actor"] == {"id": api.user.id, "name": "Ada Lovelace"}
        assert data["operation_id"] == answer.headers["X-Operation-Id"]
        assert data["operation_kind"] == "edit"

    async def test_purge_takes_the_values_out_of_the_stream_and_the_database(
        self, api: Api, heard: Any, servers: Servers, database: Any
    ) -> None:
        person = api.post("/contacts", {"first_name": "Rumpelstilz"}, idempotency_key="k").json()
        await heard("contact.created")
        await eventually(lambda: sent(database, person["id"]), has="True", within_s=10)
        api.delete(f"/contacts/{person['id']}", {"purge": "true"})
        await heard("contact.purged")
        await eventually(lambda: found_in_stream(servers, api, "Rumpelstilz"), has="no", within_s=10)
        assert await found_in_database(database, "rumpelstilz") == []


async def sent(database: Any, record_id: str) -> str:
    db = await Database.open(database("contacts").worker_url)
    async with db.transaction(None) as tx:
        found = await tx.fetchval(
            """
            select bool_and(o.broker_seq is not null)
            from change c join outbox o on o.id = c.fact_id where c.record_id = $1
            """,
            uuid.UUID(record_id),
        )
    await db.close()
    return str(found)


async def found_in_stream(servers: Servers, api: Api, text: str) -> str:
    nats = await crm_facts.connect(servers.nats_url, "test")
    js = nats.jetstream()
    subscription = await js.subscribe(f"facts.v1.{api.user.workspace_id}.>", ordered_consumer=True)
    try:
        while True:
            message = await subscription.next_msg(timeout=0.5)
            if text.encode() in message.data:
                return "yes"
    except TimeoutError:
        return "no"
    finally:
        await nats.close()


async def found_in_database(database: Any, word: str) -> list[str]:
    """Tables in which any row says the word; asked as the administrator, whom nothing is hidden from."""
    admin = await asyncpg.connect(database("contacts").admin_url)
    tables = await admin.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    found = [
        table["relname"]
        for table in tables
        if await admin.fetchval(
            f"select exists (select 1 from {table['relname']} t where t::text ilike $1)", f"%{word}%"
        )
    ]
    await admin.close()
    return found


class TestFactsIn:
    async def test_a_note_moves_last_activity_and_only_the_derived_part_of_the_tag(
        self, api: Api, servers: Servers, worker: Running
    ) -> None:
        person = api.person(first_name="Ada")
        path = f"/contacts/{person['id']}"
        was = api.get(path)
        nats = await crm_facts.connect(servers.nats_url, "test")
        try:
            await state(nats, api, {"kind": "note", "contact_ids": [person["id"]]}, "2026-01-02T03:04:05Z")
            await eventually(
                lambda: api.get(path).json()["last_activity_at"], has="2026-01-02T03:04:05+00:00", within_s=10
            )
            now = api.get(path, if_none_match=was.headers["ETag"])
            assert (now.status_code, now.headers["ETag"], now.json()["version"]) == (200, '"1.1"', 1)
            await state(nats, api, {"kind": "task", "contact_ids": [person["id"]]}, "2026-05-05T00:00:00Z")
            await state(nats, api, {"kind": "call", "contact_ids": [person["id"]]}, "2025-01-01T00:00:00Z")
            await state(nats, api, {"kind": "call", "contact_ids": [person["id"]]}, "2026-02-01T00:00:00Z")
            await eventually(
                lambda: api.get(path).json()["last_activity_at"], has="2026-02-01T00:00:00+00:00", within_s=10
            )
            assert api.get(path).headers["ETag"] == '"1.2"'
        finally:
            await nats.close()


async def state(nats: Any, api: Api, after: dict[str, Any], time: str) -> None:
    """A fact as events states it."""
    fact_id = str(uuid.uuid4())
    data = {
        "workspace_id": api.user.workspace_id,
        "noun": "event",
        "record_id": fact_id,
        "version": 1,
        "operation_id": fact_id,
        "operation_kind": "create",
        "summary": "",
        "actor": {"id": api.user.id, "name": "Ada"},
        "request_id": "r",
        "before": {},
        "after": after,
    }
    event = {
        "specversion": "1.0", "id": fact_id, "source": "/events", "type": "event.created", "subject": fact_id,
        "time": time, "datacontenttype": "application/json", "traceparent": "", "data": data,
    }  # fmt: skip
    subject = f"facts.v1.{api.user.workspace_id}.events.event.created"
    await nats.jetstream().publish(subject, json.dumps(event).encode(), headers={"Nats-Msg-Id": fact_id})
