"""Runs wrk (from the machine's packages) with prepared requests, and reads what it measured."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crm_tools.trouble import Trouble

SCRIPT = Path(__file__).with_name("wrk.lua")
GRACE_S = 20
ANSWER_WITHIN_S = 15  # the gateway's own deadline; a later answer is an error


@dataclass(frozen=True)
class Measured:
    """One run. `errors_by_kind`: broken connections, time-outs, and answers of 400 and above (`status`)."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors_by_kind: Mapping[str, int] = field(default_factory=dict)
    own_cpu_s: float = 0.0  # of the load generator

    @property
    def errors(self) -> int:
        return sum(self.errors_by_kind.values())

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


def check_installed() -> None:
    if shutil.which("wrk") is None:
        raise Trouble("wrk is not installed, which makes the load: apt-get install wrk (or brew install wrk).")


def run(url: str, headers: Path, requests: Path, *, connections: int, seconds: int) -> Measured:
    """Raises Trouble when wrk could not measure at all."""
    before = _children_cpu_s()
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{ANSWER_WITHIN_S}s"]
    done = subprocess.run(
        ["wrk", *options, "-s", SCRIPT, url, "--", headers, requests],  # noqa: S607 (the one on the PATH)
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_S,
        check=False,
    )
    if done.returncode:
        raise Trouble(f"wrk failed on {url}: {(done.stderr or done.stdout).strip()}")
    return parse(done.stdout, own_cpu_s=_children_cpu_s() - before)


def parse(output: str, *, own_cpu_s: float = 0.0) -> Measured:
    """The JSON line that our script prints, among wrk's own."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise Trouble(f"wrk told no figures: {output.strip()[-500:]}")
    told = json.loads(lines[-1])
    return Measured(
        requests=told["requests"],
        seconds=told["duration_us"] / 1e6,
        p50_ms=told["p50_us"] / 1e3,
        p99_ms=told["p99_us"] / 1e3,
        errors_by_kind={kind: number for kind, number in told["errors"].items() if number},
        own_cpu_s=own_cpu_s,
    )


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
