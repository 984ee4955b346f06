"""Child processes: what to start, and how it is started so that it ends with us."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user and group that a child runs as, when it is not ours."""

    name: str
    uid: int
    gid: int

    def as_options(self) -> dict[str, Any]:
        """The options of subprocess that start a process under it."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Child:
    """One process to run. `ready` answers whether it serves; it may be asked as often as one likes."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path
    ready: Callable[[], Awaitable[bool]]
    port: int
    metrics_port: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    descriptors: tuple[int, ...] = ()  # inherited as they are


def end_with_parent_if_started_by_make() -> None:
    """Whoever kills `make` means all of it: we are then told to stop."""
    if _libc is not None and "MAKELEVEL" in os.environ:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


async def start(child: Child, output: int) -> asyncio.subprocess.Process:
    """Starts it; what it prints goes to the descriptor.

    It leads a process group of its own, so that a Ctrl-C at the terminal reaches only us, who stop all in order.
    """
    parent = os.getpid()

    def end_with_parent() -> None:
        # Runs in the child after its user has been set, because changing the user clears the setting.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(child.stop_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died in the meantime
                os.kill(os.getpid(), signal.SIGKILL)

    account = child.account
    return await asyncio.create_subprocess_exec(
        *child.argv,
        env=dict(child.environ),
        cwd=child.folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        pass_fds=child.descriptors,
        preexec_fn=end_with_parent,
        **(account.as_options() if account else {}),
    )


async def stop(process: asyncio.subprocess.Process, child: Child, *, within_s: float) -> None:
    """Asks it to end, and ends it after `within_s` seconds."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(child.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), within_s)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    end_group(process.pid)


def end_group(pid: int) -> None:
    """What a dead child left running in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


async def until_ready(child: Child, process: asyncio.subprocess.Process, *, within_s: float) -> bool:
    """Whether it serves within the time; asked more and more seldom. False at once when it ends."""
    deadline, pause_s = asyncio.get_running_loop().time() + within_s, 0.02
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        if await child.ready():
            return True
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.3, 0.25)
    return False
