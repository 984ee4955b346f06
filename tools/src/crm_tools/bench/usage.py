"""What processes used: CPU time with all threads and children, memory as PSS and as the kernel's peak."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import psutil

CpuSeconds = Mapping[str, float]


def cpu_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """User and system time since each process began, by name."""
    return {name: _of_tree(pid) for name, pid in pids.items()}


def cpu_us_per_request(before: CpuSeconds, after: CpuSeconds, requests: int) -> dict[str, float]:
    """Microseconds per request. The kernel counts in ticks of 10 ms, so a run has to be long beside that."""
    return {name: (after[name] - before[name]) * 1e6 / requests for name in after}


def machine_busy_s() -> float:
    """CPU time that anybody has used on this machine: tells how much others did beside us."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def pss_mib(pid: int) -> float:
    """Of a process and all below it; shared pages count by their share."""
    return float(sum(one.memory_full_info().pss for one in _tree(pid)) / 2**20)


def peak_rss_mib(pid: int) -> float:
    """The most that the process itself ever had resident."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
    if found is None:
        raise ValueError(f"the kernel tells no peak of process {pid}")
    return int(found[1]) / 1024


def _of_tree(pid: int) -> float:
    """Children that have ended are in their parent's account, so the sum only grows."""
    total = 0.0
    for one in _tree(pid):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:  # ended meanwhile: its parent has it now, or at the next look
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _tree(pid: int) -> list[psutil.Process]:
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]
