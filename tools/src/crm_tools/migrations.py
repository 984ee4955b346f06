"""Brings the databases up to date: asks each what it has, and runs `python -m <service> migrate` where it lacks."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import asyncpg

from crm_tools.environments import Deployable
from crm_tools.installation import Installation
from crm_tools.processes import Engines, Plan
from crm_tools.trouble import Trouble

Say = Callable[[str], None]


async def run(services: list[Deployable], plan: Plan, engines: Engines, installation: Installation, say: Say) -> None:
    """Raises Trouble when the data is of a newer version, or when a migration fails."""
    record = _Record(installation.run / "provisioned.json")
    for service in services:
        digest = plan.digest_of_passwords(service.name)
        known = _known(service)
        applied = await _applied(engines.postgres_url, service.name)
        if newer := sorted(applied - known):
            raise Trouble(
                f"The data of {service.name} is of a newer version of Mini-CRM (migration {newer[-1]} is unknown here):"
                " start that version, or restore a back-up that this one made."
            )
        if applied != known or record.get(service.name) != digest:
            await _migrate(service, plan.migration_environ(service.name, engines), say)
            record.set(service.name, digest)


class _Record:
    """For which server and passwords the roles of each service were set last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._digests: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def get(self, service: str) -> str | None:
        return self._digests.get(service)

    def set(self, service: str, digest: str) -> None:
        self._digests[service] = digest
        self._file.write_text(json.dumps(self._digests))


def _known(service: Deployable) -> set[str]:
    """Numbers of the migrations that this code has: the service's own, and those of the packages it uses."""
    folders = [service.folder, *service.packages(dev=False)]
    files = [file for folder in folders for file in folder.glob("**/migrations/*.sql") if ".venv" not in file.parts]
    return {match[1] for file in files if (match := re.match(r"(\d+)_", file.name))}


async def _applied(postgres_url: str, database: str) -> set[str]:
    try:
        connection = await asyncpg.connect(postgres_url, database=database, timeout=10)
    except asyncpg.InvalidCatalogNameError:
        return set()
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Trouble(f"Postgres can't be used ({error}): look at POSTGRES_URL and at that server.") from None
    try:
        if await connection.fetchval("select to_regclass('schema_migrations')") is None:
            return set()
        return {row["version"] for row in await connection.fetch("select version from schema_migrations")}
    finally:
        await connection.close()


async def _migrate(service: Deployable, environ: dict[str, str], say: Say) -> None:
    began = asyncio.get_running_loop().time()
    process = await asyncio.create_subprocess_exec(
        service.python,
        "-m",
        service.name,
        "migrate",
        cwd=service.folder,
        env=environ,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        lines = output.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        raise Trouble(f"The database of {service.name} could not be brought up to date: {lines[-1]}")
    say(f"database of {service.name} is up to date ({asyncio.get_running_loop().time() - began:.1f} s)")
