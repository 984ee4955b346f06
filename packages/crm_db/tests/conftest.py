"""A service named `probe` whose one table is `note`."""

import itertools
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

import crm_db
from crm_db import Database
from crm_db.migrate import MigrateSettings, migrate
from crm_testkit import Servers
from crm_testkit.blocking import run

RoleUrl = Callable[..., str]
_numbers = itertools.count(1)


def _settings(servers: Servers) -> MigrateSettings:
    prefix = f"db{os.getpid()}_{next(_numbers)}_"
    return MigrateSettings(servers.postgres_url, "owner-pw", "api-pw", "worker-pw", prefix)


def _url(settings: MigrateSettings, role: str, service: str = "probe", password: str | None = None) -> str:
    admin = urlsplit(settings.postgres_url)
    credentials = f"{service}_{role}:{password or f'{role}-pw'}"
    if role == "admin":
        credentials = f"{admin.username}:{admin.password}"
    place = f"{credentials}@{admin.hostname}:{admin.port}"
    return urlunsplit(admin._replace(netloc=place, path=f"/{settings.crm_db_name_prefix}{service}"))


@pytest.fixture(scope="session")
def migrations() -> list[Path]:
    return [crm_db.MIGRATIONS, Path(__file__).parent / "migrations"]


@pytest.fixture
def settings(servers: Servers) -> MigrateSettings:
    """For a database that is not there yet."""
    return _settings(servers)


@pytest.fixture(scope="session")
def role_url() -> RoleUrl:
    """`role_url(settings, "owner")`: how a role of the service (or `admin`) reaches its database."""
    return _url


@pytest.fixture(scope="session")
def probe(servers: Servers, migrations: list[Path]) -> Callable[[str], str]:
    """`probe("api")`: the same for one migrated database that the tests share."""
    settings = _settings(servers)
    run(migrate("probe", migrations, settings))
    return lambda role: _url(settings, role)


@pytest.fixture
async def api(probe: Callable[[str], str]) -> AsyncIterator[Database]:
    db = await Database.open(probe("api"))
    yield db
    await db.close()


@pytest.fixture
async def worker(probe: Callable[[str], str]) -> AsyncIterator[Database]:
    db = await Database.open(probe("worker"))
    yield db
    await db.close()


@pytest.fixture
async def admin(probe: Callable[[str], str]) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(probe("admin"))
    yield connection
    await connection.close()


@pytest.fixture
def workspace() -> UUID:
    return uuid4()


@pytest.fixture
def caller(workspace: UUID) -> SimpleNamespace:
    return SimpleNamespace(workspace_id=workspace, user_id=uuid4())
