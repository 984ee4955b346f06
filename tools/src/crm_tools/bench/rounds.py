"""Runs every cell once a round, so that what the machine does meanwhile meets all of them alike."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from crm_tools.bench import usage, wrk
from crm_tools.bench.bare import Database, Statement
from crm_tools.bench.cases import LISTS, OPERATIONS, PGBENCH, Cell, Size, cells
from crm_tools.bench.figures import zipf
from crm_tools.bench.fronts import Way
from crm_tools.bench.people import People
from crm_tools.bench.wrk import Measured

PREPARED = 2_000  # requests of an operation; wrk sends them over and over
SETTLED_WITHIN_S = 15
SEARCHES = 400  # different ones among them
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sample:
    """A cell in one round. `cpu_us`: per request, by process. `others`: CPUs that programs beside us kept busy."""

    cell: Cell
    round: int
    measured: Measured
    cpu_us: Mapping[str, float]
    others: float


@dataclass(frozen=True)
class Bench:
    size: Size
    ways: Mapping[str, Way]
    processes: Mapping[str, int]  # pids of the installation, its gateway left out
    in_flight: Callable[[], float]  # requests that the service works on
    database: Database
    statements: Mapping[str, Statement]
    workspace_id: str
    folder: Path

    def run(self, requests: Mapping[str, Path], say: Say) -> list[Sample]:
        """A cell with errors is in the answer too; whoever reads it has to look."""
        for name, way in self.ways.items():
            say(f"warming up {name} ...")
            wrk.run(way.url, self._headers(name, way), requests["G"], connections=8, seconds=1)
        samples = []
        for number in range(1, self.size.rounds + 1):
            say(f"round {number} of {self.size.rounds} ...")
            samples += [self._sample(cell, number, requests) for cell in cells(self.size)]
        return samples

    def _sample(self, cell: Cell, number: int, requests: Mapping[str, Path]) -> Sample:
        self._settle()
        pids = dict(self.processes)
        if cell.way in self.ways and self.ways[cell.way].pid not in pids.values():
            pids[cell.way] = self.ways[cell.way].pid
        before, busy_before, began = usage.cpu_seconds(pids), usage.machine_busy_s(), time.monotonic()
        measured = self._measure(cell, requests)
        after, busy, took = usage.cpu_seconds(pids), usage.machine_busy_s() - busy_before, time.monotonic() - began
        ours = sum(after.values()) - sum(before.values()) + measured.own_cpu_s
        cpu_us = usage.cpu_us_per_request(before, after, max(1, measured.requests))
        return Sample(cell, number, measured, cpu_us, others=max(0.0, busy - ours) / took)

    def _settle(self) -> None:
        """Changes are finished after their client has gone: the run before must not take places from this one."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        while self.in_flight() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _measure(self, cell: Cell, requests: Mapping[str, Path]) -> Measured:
        if cell.way == PGBENCH:
            return self.database.run(
                self.statements[cell.operation],
                self.workspace_id,
                self.folder,
                connections=min(cell.connections, 10),  # as many as the service has
                seconds=self.size.seconds,
            )
        way = self.ways[cell.way]
        headers = self._headers(cell.way, way)
        return wrk.run(
            way.url, headers, requests[cell.operation], connections=cell.connections, seconds=self.size.seconds
        )

    def _headers(self, name: str, way: Way) -> Path:
        file = self.folder / f"headers-{name.replace(' ', '-')}"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text("".join(f"{header}: {value}\n" for header, value in way.headers.items()))
        return file


def prepare(ids: Sequence[str], folder: Path) -> dict[str, Path]:
    """A file of requests for each operation, drawn as real reads are: few of them most of the time."""
    chance, people = random.Random(7), People(seed=11)  # noqa: S311 (the same draw each time)
    lines = {
        "L": [f"GET\t{path}\t" for path in zipf(LISTS, PREPARED, chance)],
        "G": [f"GET\t/api/v1/contacts/{one}\t" for one in zipf(ids, PREPARED, chance)],
        "S": [f"GET\t{search_path(text)}\t" for text in zipf(typed(people), PREPARED, chance)],
        "C": [f"POST\t/api/v1/contacts\t{json.dumps(people.body())}" for _ in range(PREPARED)],
    }
    files = {}
    for operation in OPERATIONS:
        files[operation] = folder / f"requests-{operation}"
        files[operation].write_text("\n".join(lines[operation]) + "\n")
    return files


def typed(people: People) -> list[str]:
    return list(dict.fromkeys(people.typed() for _ in range(SEARCHES)))


def search_path(text: str) -> str:
    return f"/api/v1/contacts?limit=20&q={quote(text)}"


def load_average() -> float:
    return os.getloadavg()[0]
