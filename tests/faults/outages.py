"""Parts of an installation that are away for as long as a test needs it."""

import contextlib
import os
import signal
from collections.abc import Iterator

import psutil

from crm_testkit import Installation


def running(whole: Installation) -> set[str]:
    """The names of those that live at this moment: a number may have passed on to a process of somebody else."""
    return {name for name, entry in whole.processes().items() if _lives(entry["pid"], entry["started"])}


def _lives(pid: int, started: float) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return process.create_time() == started and process.status() != psutil.STATUS_ZOMBIE
    return False


@contextlib.contextmanager
def killed(whole: Installation, name: str) -> Iterator[None]:
    """Dead until the end: the launcher, which would start it again, stands still meanwhile."""
    assert whole.launcher is not None
    whole.launcher.send_signal(signal.SIGSTOP)
    try:
        whole.signal(name, signal.SIGKILL)
        yield
    finally:
        whole.launcher.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def frozen(whole: Installation, name: str) -> Iterator[None]:
    """Alive, connected and silent until the end, with all its children: a Postgres is many processes."""
    first = psutil.Process(whole.pid(name))
    family = [first, *first.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)


OUTAGES = {"killed": killed, "frozen": frozen}
