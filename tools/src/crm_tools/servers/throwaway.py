"""A set of servers for tests, in a temporary folder: `python -m crm_tools servers`.

The line it prints is the JSON of CRM_TEST_SERVERS: {"postgres_url", "nats_url", "valkey_url", "slots"}. A worker of the
tests that has taken slot n (1 to `slots`) is user `tn` of NATS and uses database n of Valkey, so that workers don't see
each other. It ends with SIGINT, with SIGTERM, and when the process that started it is gone; the servers end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from crm_tools import child
from crm_tools.ports import Ports
from crm_tools.servers import Nats, Postgres, Valkey
from crm_tools.servers.postgres import Tuning
from crm_tools.trouble import Trouble

SLOTS = 200
CONNECTIONS_MAX = 400  # suites run side by side, each process with a pool of its own


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[dict[str, str | int]]:
    """Starts the three and answers their URLs; stops them and removes their data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="crm-test-servers-"))
    urls, children = _prepare(folder)
    started: list[asyncio.subprocess.Process] = []
    try:
        with (folder / "log").open("ab") as log:
            started = [await child.start(one, log.fileno()) for one in children]
        ready = await asyncio.gather(*map(_until_ready, children, started))
        if not all(ready):
            raise Trouble(f"The test servers did not start:\n{(folder / 'log').read_text()[-2000:]}")
        yield urls
    finally:
        pairs = zip(started, children, strict=False)
        await asyncio.gather(*(child.stop(process, one, within_s=10) for process, one in pairs))
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> tuple[dict[str, str | int], list[child.Child]]:
    folder.chmod(0o711)  # lets the database's account through to its own folder
    ports, password = Ports(), secrets.token_urlsafe(24)
    tuning = Tuning.for_this_machine(connections_max=CONNECTIONS_MAX, lasting=False)
    postgres = Postgres(folder / "postgres", ports.take(), password, tuning)
    nats = Nats(folder / "nats", ports.take(), ports.take(), password, slots=SLOTS)
    valkey = Valkey(folder / "valkey", ports.take(), password, slots=SLOTS)
    postgres.prepare()
    urls: dict[str, str | int] = {
        "postgres_url": postgres.url,
        "nats_url": nats.url,
        "valkey_url": valkey.url,
        "slots": SLOTS,
    }
    return urls, [postgres.child(), nats.child(), valkey.child()]


async def _until_ready(one: child.Child, process: asyncio.subprocess.Process) -> bool:
    return await child.until_ready(one, process, within_s=60)


async def keep() -> int:
    told, parent = asyncio.Event(), os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with servers() as urls:
        print(json.dumps(urls), flush=True)
        while not told.is_set() and os.getppid() == parent:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), 0.5)
    return 0
