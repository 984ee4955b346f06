"""Parts of an installation that are away for as long as a test needs it."""

import contextlib
import os
import signal
from collections.abc import Iterator

import psutil

from crm_testkit import Installation


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
