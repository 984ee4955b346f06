"""The service as it runs: both of its processes, their own database, and people who call it as the gateway does."""

import json
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from support import Client, Installation

from crm_testkit import Database, OwnNats, Running, Tokens, repository
from crm_testkit.processes import Starter


@pytest.fixture(scope="session")
def events_database(database: Callable[[str], Database]) -> Database:
    return database("events")


@pytest.fixture(scope="session")
def contacts(start_service: Starter) -> Running:
    """The real neighbour: it is asked whether the people named in events exist."""
    return start_service("contacts", "serve")


@pytest.fixture(scope="session")
def contacts_work(start_service: Starter) -> Running:
    """Sends what contacts states."""
    return start_service("contacts", "work")


@pytest.fixture(scope="session")
def serve(start_service: Starter, contacts: Running) -> Running:
    return start_service("events", "serve", CRM_CONTACTS_URL=contacts.base_url)


@pytest.fixture(scope="session")
def work(start_service: Starter, contacts: Running) -> Running:
    return start_service("events", "work", CRM_CONTACTS_URL=contacts.base_url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http(serve: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=serve.base_url, timeout=20) as client:
        yield client


@pytest.fixture
def ada(http: httpx2.AsyncClient, contacts: Running, tokens: Tokens) -> Client:
    """An owner in a workspace that no other test uses."""
    return Client(http, contacts.base_url, tokens.user("Ada Lovelace"))


@pytest.fixture
def eve(http: httpx2.AsyncClient, contacts: Running, tokens: Tokens) -> Client:
    """The owner of another workspace."""
    return Client(http, contacts.base_url, tokens.user("Eve Moneypenny"))


@pytest_asyncio.fixture(loop_scope="session")
async def installation(
    own_nats: OwnNats, fresh_database: Callable[[str], Database], start_service: Starter, tokens: Tokens
) -> AsyncIterator[Installation]:
    """Its NATS and its database can be killed, held and looked into; the worker is the test's to start."""
    database = fresh_database("events")
    serve = start_service(
        "events",
        "serve",
        DATABASE_URL=database.api_url,
        NATS_URL=own_nats.url,
        CRM_CONTACTS_URL="http://127.0.0.1:1",
    )
    admin = await asyncpg.connect(database.admin_url)
    async with httpx2.AsyncClient(base_url=serve.base_url, timeout=20) as http:
        client = Client(http, "", tokens.user("Ada Lovelace"))
        running = Installation(own_nats, database, start_service, client, admin)
        yield running
    await admin.close()
    for process in (*running.workers, serve):
        process.kill()


@pytest.fixture(scope="session")
def openapi() -> dict[str, Any]:
    """What the service publishes, as its command prints it."""
    command = [str(repository.python("events")), "-m", "events", "openapi"]
    printed = subprocess.run(command, cwd=repository.folder("events"), capture_output=True, check=True).stdout
    document: dict[str, Any] = json.loads(printed)
    return document
