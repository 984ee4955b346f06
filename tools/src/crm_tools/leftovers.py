"""Processes that an earlier start left, because it was killed: known by pid and start time, so that no other is hit."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable

import psutil

from crm_tools.installation import Entry

PATIENCE_S = 20.0  # Postgres writes a checkpoint
SAME_START_S = 1.0


def running(entries: Iterable[Entry]) -> list[tuple[Entry, psutil.Process]]:
    """Those entries whose process still is the one that was started."""
    found = []
    for entry in entries:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(entry.pid)
            if abs(process.create_time() - entry.started) < SAME_START_S and process.status() != psutil.STATUS_ZOMBIE:
                found.append((entry, process))
    return found


def end(entries: Iterable[Entry]) -> list[str]:
    """Ends them, asking first; answers their names."""
    left = running(entries)
    processes = [process for _, process in left]
    processes += [child for process in processes for child in _children(process)]
    for entry, process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()  # a stopped one could not end
            process.send_signal(signal.SIGINT if entry.name == "postgres" else signal.SIGTERM)
    _, stubborn = psutil.wait_procs(processes, timeout=PATIENCE_S)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    return [entry.name for entry, _ in left]


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []
