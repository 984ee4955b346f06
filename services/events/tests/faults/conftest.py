"""An installation of a test's own: its NATS and its database can be killed, held and looked into."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import httpx2
import pytest_asyncio
from support import Client, Installation

from crm_testkit import Database, OwnNats, Tokens
from crm_testkit.processes import Starter


@pytest_asyncio.fixture(loop_scope="session")
async def installation(
    own_nats: OwnNats, fresh_database: Callable[[str], Database], start_service: Starter, tokens: Tokens
) -> AsyncIterator[Installation]:
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
