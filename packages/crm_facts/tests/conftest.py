"""A service named `stage` that states facts and hears its own."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

import crm_db
import crm_facts
from crm_db import Database
from crm_db.migrate import MigrateSettings, migrate
from crm_facts import Change, Nats, append, begin, connect
from crm_testkit import Servers, eventually
from crm_testkit.blocking import run

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
VICTIM = Path(__file__).parent / "victim.py"


@dataclass(frozen=True)
class Caller:
    workspace_id: UUID = field(default_factory=uuid4)
    user_id: UUID = field(default_factory=uuid4)
    actor_name: str = "Ada Lovelace"
    ip: str = "192.0.2.7"
    request_id: str = "req-1"
    traceparent: str = TRACEPARENT


@dataclass
class Stage:
    """The service's database through its two roles, and what the tests do with it."""

    api_url: str
    worker_url: str
    admin_url: str
    api: Database
    worker: Database

    async def write(self, caller: Caller, *changes: Change, lane: Any = "interactive", kind: str = "edit") -> UUID:
        async with self.api.transaction(caller.workspace_id) as tx:
            operation_id = await begin(tx, caller, kind=kind, summary="a test")
            await append(tx, caller.workspace_id, operation_id, changes, lane=lane)
        return operation_id

    async def create(self, caller: Caller, record_id: UUID | None = None, **more: Any) -> UUID:
        """One creation of a contact; returns its id."""
        record_id = record_id or uuid4()
        await self.write(caller, Change("contact", record_id, 1, "created", {}, {"first_name": "Ann"}), **more)
        return record_id

    async def unsent(self) -> int:
        return await self.value("select count(*) from outbox where published_at is null")

    async def value(self, sql: str, *args: Any) -> Any:
        async with self.worker.transaction(None) as tx:
            return await tx.fetchval(sql, *args)

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        async with self.worker.transaction(None) as tx:
            return await tx.fetch(sql, *args)

    async def versions(self, record_id: UUID) -> list[int]:
        rows = await self.rows("select version from entry where record_id = $1 order by n", record_id)
        return [row["version"] for row in rows]


@pytest.fixture(scope="session")
def urls(servers: Servers) -> dict[str, str]:
    """Of one migrated database, by role."""
    settings = MigrateSettings(servers.postgres_url, "owner-pw", "api-pw", "worker-pw", f"facts{os.getpid()}_")
    folders = [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, Path(__file__).parent / "migrations"]
    run(migrate("stage", folders, settings))
    name = f"{settings.crm_db_name_prefix}stage"
    credentials = {"admin": None, "api": "stage_api:api-pw", "worker": "stage_worker:worker-pw"}
    return {role: _url(servers.postgres_url, who, name) for role, who in credentials.items()}


@pytest.fixture
async def stage(urls: dict[str, str]) -> AsyncIterator[Stage]:
    """Emptied of what the test before wrote."""
    admin = await asyncpg.connect(urls["admin"])
    tables = await admin.fetchval(
        """
        select string_agg(relname, ', ') from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_migrations'
        """
    )
    await admin.execute(f"truncate {tables}")
    await admin.close()
    api, worker = await Database.open(urls["api"]), await Database.open(urls["worker"])
    yield Stage(urls["api"], urls["worker"], urls["admin"], api, worker)
    await api.close()
    await worker.close()


def _url(admin_url: str, credentials: str | None, database: str) -> str:
    parts = urlsplit(admin_url)
    who = credentials or f"{parts.username}:{parts.password}"
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.hostname}:{parts.port}", path=f"/{database}"))


@pytest.fixture
async def nats(servers: Servers) -> AsyncIterator[Nats]:
    """A client of a broker without streams."""
    client = await connect(servers.nats_url, "test")
    js = client.jetstream()
    for info in await js.streams_info():
        await js.delete_stream(str(info.config.name))
    yield client
    await client.close()


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.fixture
def another_caller() -> Caller:
    return Caller()


@pytest.fixture
async def running() -> AsyncIterator[Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]]:
    """`running(relay.run())`: a task that ends with the test; cancel it to have it end earlier."""
    tasks: list[asyncio.Task[None]] = []

    def start(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(work))
        return tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def victim(servers: Servers) -> Iterator[Callable[..., Awaitable[asyncio.subprocess.Process]]]:
    """`await victim("relay", database_url, nats_url)`: a real process, to be killed."""
    started: list[asyncio.subprocess.Process] = []

    async def start(*arguments: str) -> asyncio.subprocess.Process:
        started.append(await asyncio.create_subprocess_exec(sys.executable, str(VICTIM), *arguments))
        return started[-1]

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


@pytest.fixture
def all_sent(stage: Stage) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        async def none_unsent() -> bool:
            return await stage.unsent() == 0

        await eventually(none_unsent, within_s=15)

    return wait
