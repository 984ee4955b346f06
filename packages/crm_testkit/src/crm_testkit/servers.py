"""Postgres, NATS and Valkey for the tests: those that a runner has started (CRM_TEST_SERVERS), else our own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from crm_testkit.blocking import run
from crm_testkit.repository import ROOT, TOOLS_PYTHON


@dataclass(frozen=True)
class Servers:
    """Where they are. `slot` is this worker's share: a user at NATS and a database at Valkey that nobody else uses."""

    postgres_url: str  # the administrator's
    nats_url: str
    valkey_url: str
    slots: int = 0
    slot: int = 0


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    if given := os.environ.get("CRM_TEST_SERVERS"):
        yield _with_slot(Servers(**json.loads(given)))
        return
    subprocess.run([sys.executable, ROOT / "tools" / "env.py", "tools"], check=True)
    command = [str(TOOLS_PYTHON), "-m", "crm_tools", "servers"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the test servers did not start; what they said is above")
        try:
            yield _with_slot(Servers(**json.loads(line)))
        finally:
            process.terminate()


def _with_slot(servers: Servers) -> Servers:
    if not servers.slots:
        return servers
    slot = run(_next_slot(servers))
    nats, valkey = urlsplit(servers.nats_url), urlsplit(servers.valkey_url)
    return replace(
        servers,
        slot=slot,
        nats_url=urlunsplit(nats._replace(netloc=f"t{slot}:{nats.password}@{nats.hostname}:{nats.port}")),
        valkey_url=urlunsplit(valkey._replace(path=f"/{slot}")),
    )


async def _next_slot(servers: Servers) -> int:
    connection = await asyncpg.connect(servers.postgres_url)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(hashtext('crm_testkit.slot'))")
            await connection.execute("create sequence if not exists crm_test_slot")
            slot = int(await connection.fetchval("select nextval('crm_test_slot')"))
    finally:
        await connection.close()
    if slot > servers.slots:
        raise RuntimeError(f"all {servers.slots} slots of these test servers are used: start a fresh set")
    return slot
