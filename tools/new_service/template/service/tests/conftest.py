"""The service as it runs: both of its processes, their own database, and people who call it as the gateway does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from crm_testkit import Running, Tokens, User, internal_headers
from crm_testkit.processes import Starter


@dataclass
class Client:
    """Somebody in a workspace, calling as the gateway would forward it."""

    http: httpx2.AsyncClient
    user: User
    role: str = "owner"

    async def __call__(self, method: str, path: str = "", body: Any = None, **headers: str) -> httpx2.Response:
        sent = internal_headers(self.user, role=self.role, **headers)
        return await self.http.request(method, f"/api/v1/service_name{path}", json=body, headers=sent)

    async def make(self, text: str = "first") -> dict[str, Any]:
        answer = await self("POST", body={"text": text})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def acting_as(self, role: str) -> "Client":
        return replace(self, role=role)


@pytest.fixture(scope="session")
def serve(start_service: Starter) -> Running:
    return start_service("service_name", "serve")


@pytest.fixture(scope="session")
def work(start_service: Starter) -> Running:
    return start_service("service_name", "work")


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
