"""What tests speak through: a person who calls the service, and an installation of a test's own."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx2
import nats
from uuid_utils.compat import uuid7

from crm_facts import ensure_stream
from crm_testkit import Database, OwnNats, Running, User, internal_headers
from crm_testkit.processes import Starter


@dataclass
class Client:
    """Somebody in a workspace, calling as the gateway would forward it."""

    http: httpx2.AsyncClient
    contacts_url: str
    user: User
    role: str = "owner"

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=self.headers(**headers))

    def headers(self, **headers: str) -> dict[str, str]:
        return internal_headers(self.user, role=self.role, **headers)

    async def make(self, **values: Any) -> dict[str, Any]:
        """A new event; a note unless said otherwise."""
        answer = await self("POST", "/events", {"kind": "note", "title": "A note"} | values)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def neighbour(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A call of contacts, by the same person."""
        url = f"{self.contacts_url}/api/v1{path}"
        return await self.http.request(method, url, json=body, headers=internal_headers(self.user))

    async def contact(self, first_name: str = "Grace") -> str:
        """The id of a new contact in the same workspace."""
        answer = await self.neighbour("POST", "/contacts", {"first_name": first_name})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def event(self, event_id: str) -> dict[str, Any]:
        event: dict[str, Any] = (await self("GET", f"/events/{event_id}")).json()
        return event

    def acting_as(self, role: str) -> "Client":
        return replace(self, role=role)

    async def timeline(self, **subject: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in subject.items())
        answer = await self("GET", f"/timeline?limit=200&{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@dataclass
class Installation:
    nats: OwnNats
    database: Database
    start: Starter
    client: Client
    admin: asyncpg.Connection
    workers: list[Running] = field(default_factory=list)

    async def work(self, **environ: str) -> Running:
        """A worker that tries failed facts again at once, and waits 3 s for one that died."""
        given = {
            "DATABASE_URL": self.database.worker_url,
            "NATS_URL": self.nats.url,
            "CRM_CONTACTS_URL": "http://127.0.0.1:1",
            "CRM_FACT_RETRY_DELAYS_S": "0.1",
            "CRM_FACT_ACK_WAIT_S": "3",
        }
        # In a thread, because a fault proxy in front of its database lives in this one.
        worker = await asyncio.to_thread(self.start, "events", "work", **(given | environ))
        self.workers.append(worker)
        return worker

    async def state(self, *facts: dict[str, Any]) -> None:
        """Puts facts of another service into the stream, as its relay would."""
        connection = await nats.connect(self.nats.url)
        stream = connection.jetstream()
        await ensure_stream(stream)
        for fact in facts:
            address = f"facts.v1.{fact['data']['workspace_id']}.contacts.{fact['type']}"
            await stream.publish(address, json.dumps(fact).encode(), headers={"Nats-Msg-Id": fact["id"]})
        await connection.close()

    async def one(self, sql: str, *arguments: Any) -> Any:
        return await self.admin.fetchval(sql, *arguments)

    async def consumer(self, name: str = "events_timeline") -> Any:
        """What the broker knows of a consumer."""
        connection = await nats.connect(self.nats.url)
        try:
            return await connection.jetstream().consumer_info("FACTS", name)
        finally:
            await connection.close()


def fact(workspace_id: str, contact_id: str, version: int, verb: str = "changed", **after: Any) -> dict[str, Any]:
    """What contacts says of a contact, in the form of contracts/facts."""
    data = {
        "workspace_id": workspace_id,
        "noun": "contact",
        "record_id": contact_id,
        "version": version,
        "operation_id": str(uuid7()),
        "operation_kind": "edit",
        "summary": "Changed Grace",
        "actor": {"id": contact_id, "name": "Ada Lovelace"},
        "request_id": "r",
        "before": dict.fromkeys(after) if verb == "changed" else {},
        "after": after,
    }
    return {
        "specversion": "1.0",
        "id": str(uuid7()),
        "source": "/contacts",
        "type": f"contact.{verb}",
        "subject": contact_id,
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
