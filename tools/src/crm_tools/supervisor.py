"""Keeps children running: starts them, starts them again when they die, and ends them in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from crm_tools import child as children
from crm_tools.child import Child
from crm_tools.installation import Entry, Installation
from crm_tools.trouble import Trouble

FIRST_DELAY_S = 0.2
DELAY_MAX_S = 30.0
STEADY_S = 10.0  # a child that ran this long has its earlier deaths forgotten
READY_WITHIN_S = 90.0
TRIES_AT_START = 3
LOG_MAX_BYTES = 10 * 2**20
LOGS_KEPT = 3

Say = Callable[[str], None]


class Backoff:
    """Seconds to wait before the next start: doubling with each death, forgotten after a steady run."""

    def __init__(self) -> None:
        self.deaths = 0

    def after(self, ran_s: float) -> float:
        self.deaths = 1 if ran_s >= STEADY_S else self.deaths + 1
        return min(FIRST_DELAY_S * 2.0 ** (self.deaths - 1), DELAY_MAX_S)


@dataclass
class Kept:
    """A child and what is known of its present process."""

    child: Child
    process: asyncio.subprocess.Process | None = None
    entry: Entry | None = None
    was_ready: asyncio.Event = field(default_factory=asyncio.Event)
    failed: asyncio.Event = field(default_factory=asyncio.Event)
    keeper: asyncio.Task[None] | None = None


class Supervisor:
    def __init__(self, installation: Installation, say: Say) -> None:
        self._installation, self._say = installation, say
        self._kept: dict[str, Kept] = {}
        self._stopping = asyncio.Event()

    async def start(self, wanted: Sequence[Child]) -> None:
        """Starts them at once and returns when all are ready; raises Trouble when one dies three times before it is."""
        kept = [Kept(child) for child in wanted]
        for one in kept:
            self._kept[one.child.name] = one
            one.keeper = asyncio.create_task(self._keep(one), name=one.child.name)
        await asyncio.gather(*(self._first_ready(one) for one in kept))

    async def stop(self, names: Sequence[str], *, within_s: float) -> None:
        """Ends these, all at once."""
        self._stopping.set()
        kept = [self._kept[name] for name in names if name in self._kept]
        await asyncio.gather(*(self._end(one, within_s) for one in kept))

    def names(self) -> list[str]:
        return list(self._kept)

    async def _first_ready(self, one: Kept) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (one.was_ready, one.failed, self._stopping)]
        await asyncio.wait(waits, timeout=READY_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not one.was_ready.is_set() and not self._stopping.is_set():
            log = self._installation.log(one.child.name)
            raise Trouble(f"{one.child.name} did not start: {last_line(log)} (the whole story is in {log})")

    async def _keep(self, one: Kept) -> None:
        backoff, clock = Backoff(), asyncio.get_running_loop().time
        while not self._stopping.is_set():
            began = clock()
            process = await self._start_process(one)
            watcher = asyncio.create_task(self._watch_readiness(one, process, again=backoff.deaths > 0))
            code = await process.wait()
            watcher.cancel()
            children.end_group(process.pid)
            if self._stopping.is_set():
                return
            delay_s = backoff.after(clock() - began)
            if not one.was_ready.is_set() and backoff.deaths >= TRIES_AT_START:
                one.failed.set()
                return
            self._say(f"{one.child.name} {ended_how(code)}; starting it again in {delay_s:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def _start_process(self, one: Kept) -> asyncio.subprocess.Process:
        log = self._installation.log(one.child.name)
        with log.open("ab") as output:
            log.chmod(0o640)
            process = await children.start(one.child, output.fileno())
        one.process = process
        child = one.child
        one.entry = Entry(child.name, process.pid, child.port, child.metrics_port, str(log), _start_time(process.pid))
        self._installation.write_processes(kept.entry for kept in self._kept.values() if kept.entry)
        return process

    async def _watch_readiness(self, one: Kept, process: asyncio.subprocess.Process, *, again: bool) -> None:
        began = asyncio.get_running_loop().time()
        if await children.until_ready(one.child, process, within_s=READY_WITHIN_S):
            seconds = asyncio.get_running_loop().time() - began
            self._say(f"{one.child.name} is {'back' if again else 'ready'} ({seconds:.1f} s)")
            one.was_ready.set()

    async def _end(self, one: Kept, within_s: float) -> None:
        if one.process is not None:
            await children.stop(one.process, one.child, within_s=within_s)
        if one.keeper is not None:
            one.keeper.cancel()
            await asyncio.gather(one.keeper, return_exceptions=True)


async def rotate_logs(folder: Path, *, every_s: float = 5.0) -> None:
    """Runs for ever: keeps each log under some 10 MiB, with three older parts."""
    while True:
        rotate_large(folder)
        await asyncio.sleep(every_s)


def rotate_large(folder: Path) -> None:
    for log in folder.glob("*.log"):
        if log.stat().st_size > LOG_MAX_BYTES:
            _rotate(log)


def _rotate(log: Path) -> None:
    # Copied and cut, not renamed: the process goes on writing to the file that it has open.
    for number in range(LOGS_KEPT, 1, -1):
        with contextlib.suppress(FileNotFoundError):
            log.with_suffix(f".log.{number - 1}").replace(log.with_suffix(f".log.{number}"))
    log.with_suffix(".log.1").write_bytes(log.read_bytes())
    os.truncate(log, 0)


def last_line(log: Path) -> str:
    """The last thing that it said, cut to a readable length; of a structured line, the event."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    last = lines[-1] if lines else "it said nothing"
    with contextlib.suppress(ValueError, KeyError, TypeError):
        last = str(json.loads(last)["event"]).strip().splitlines()[-1]
    return last[:300]


def ended_how(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _start_time(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0
