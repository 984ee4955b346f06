"""`make status`: each process of the installation, whether it runs, and where."""

from __future__ import annotations

import asyncio
import time

from crm_tools import leftovers, probes, settings, system
from crm_tools.installation import Entry, Installation


def run() -> int:
    """0 when all that was started runs and is ready, else 1."""
    wishes = settings.load(system.load().process_names)
    entries = Installation(wishes.data).read_processes()
    if not entries:
        print(f"Nothing runs on {wishes.data}: `make up` starts it.")
        return 1
    found = states(entries)
    for entry in entries:
        age_s = int(time.time() - entry.started)
        print(
            f"{entry.name:18} {found[entry.name]:10} pid {entry.pid:<8} port {entry.port:<6} up {age_s} s  {entry.log}"
        )
    return int(any(state != "ready" for state in found.values()))


def states(entries: list[Entry]) -> dict[str, str]:
    """By name: ready, not ready, silent, or gone."""
    return asyncio.run(_states(entries, {entry.name for entry, _ in leftovers.running(entries)}))


async def _states(entries: list[Entry], alive: set[str]) -> dict[str, str]:
    async def state(entry: Entry) -> str:
        if entry.name not in alive:
            return "gone"
        if entry.name in ("postgres", "nats", "valkey"):
            return "ready" if await probes.accepts("127.0.0.1", entry.port) else "silent"
        return "ready" if await probes.http_ok("127.0.0.1", entry.port, "/health/ready") else "not ready"

    return dict(zip([entry.name for entry in entries], await asyncio.gather(*map(state, entries)), strict=True))
