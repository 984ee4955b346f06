"""The service as it runs: both of its processes, their own database, and people who call it as the gateway does."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from crm_testkit import Database, Running, Tokens, User, internal_headers
from crm_testkit.processes import Starter


@dataclass
class Client:
    """Somebody in a workspace, calling one process of the service."""

    http: httpx2.AsyncClient
    user: User
    role: str = "owner"

    async def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        sent = internal_headers(self.user, role=self.role, **headers)
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=sent)

    async def make(self, **values: Any) -> dict[str, Any]:
        """A new event; a note unless said otherwise."""
        answer = await self("POST", "/events", {"kind": "note", "title": "A note"} | values)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def timeline(self, **subject: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in subject.items())
        answer = await self("GET", f"/timeline?limit=200&{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture(scope="session")
def events_database(database: Callable[[str], Database]) -> Database:
    return database("events")


@pytest.fixture(scope="session")
def serve(start_service: Starter) -> Running:
    return start_service("events", "serve", CRM_CONTACTS_URL="http://127.0.0.1:1")


@pytest.fixture(scope="session")
def work(start_service: Starter) -> Running:
    return start_service("events", "work", CRM_CONTACTS_URL="http://127.0.0.1:1")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http(serve: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=serve.base_url, timeout=20) as client:
        yield client


@pytest.fixture
def ada(http: httpx2.AsyncClient, tokens: Tokens) -> Client:
    """An owner in a workspace that no other test uses."""
    return Client(http, tokens.user("Ada Lovelace"))


@pytest.fixture
def eve(http: httpx2.AsyncClient, tokens: Tokens) -> Client:
    """The owner of another workspace."""
    return Client(http, tokens.user("Eve Moneypenny"))
