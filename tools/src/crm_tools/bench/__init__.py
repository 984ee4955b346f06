"""`make bench`: an installation of its own, filled, loaded, measured; a table on the screen, everything in a file.

Read run() first. What is measured stands in cases.py; docs/performance.md tells what came out.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from crm_testkit import Installation, User, installation, internal_headers
from crm_tools.bench import fronts, load, metrics, moments, report, rounds, usage, wrk
from crm_tools.bench.bare import Database, Statement
from crm_tools.bench.cases import FULL, LISTS, QUICK, Size
from crm_tools.bench.figures import percentile
from crm_tools.bench.load import Loaded
from crm_tools.bench.people import People
from crm_tools.bench.rounds import Bench, Sample
from crm_tools.environments import ROOT
from crm_tools.installation import Installation as Folder
from crm_tools.trouble import Trouble

RESULTS = ROOT / "build" / "bench"
IDLE_S = 10
Say = Callable[[str], None]
Figures = dict[str, float]


def run(*, quick: bool, say: Say) -> int:
    """0 when every cell ran without an error, whatever it reached."""
    wrk.check_installed()
    size = QUICK if quick else FULL
    began, load_before = datetime.now(UTC), rounds.load_average()
    with _within(size.within_s), tempfile.TemporaryDirectory(prefix="crm-bench-") as folder:
        samples, figures = _measure(size, Path(folder), _timed(say))
    rows = report.rows_of(samples)
    for line in (*report.table(rows), *report.aims_table(figures)):
        say(line)
    others = sum(one.others for one in samples) / len(samples)
    say(f"\nLoad average {load_before:.1f} before; beside the bench {others:.2f} CPUs were busy with something else.")
    content = _machine(size, began, load_before, others) | report.as_json(rows, samples, figures)
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / f"{began:%Y-%m-%dT%H-%M-%S}-{size.name}.json"
    file.write_text(json.dumps(content, indent=2) + "\n")
    say(f"All of it is in {file.relative_to(ROOT)}")
    return int(any(row.errors for row in rows.values()))


def _measure(size: Size, folder: Path, say: Say) -> tuple[list[Sample], Figures]:
    say("starting an installation ...")
    with installation(CRM_RATE_LIMITS="off") as running:
        loaded = load.load(running, size, say)
        samples, hit_ratio = _through_every_way(running, loaded, size, folder, say)
        figures = report.figures_of(samples) | {"cache.hit_ratio": hit_ratio}
        say("facts on their way ...")
        figures |= _facts(running, loaded, size)
        say("pages, searches and filters ...")
        figures |= _depths(running, loaded, size)
        say("taking the import back ...")
        undone = load.undo(running, loaded, size.big)
        figures |= {f"import.{name}": value for name, value in (loaded.figures | undone).items()}
        say("stopping, and starting a second time ...")
        figures |= _second_start(running)
    return samples, figures


def _through_every_way(
    running: Installation, loaded: Loaded, size: Size, folder: Path, say: Say
) -> tuple[list[Sample], float]:
    """The samples of all rounds, and the hit ratio of the cache over their reads."""
    public, internal = _headers(running, loaded)
    database = Database(running)
    statements = asyncio.run(_statements(database, loaded))
    requests = rounds.prepare(loaded.ids, folder)
    processes = {name: entry["pid"] for name, entry in running.processes().items() if name != "gateway"}
    with fronts.opened(running, public, internal, folder) as ways:
        bench = Bench(size, ways, processes, lambda: _in_flight(running), database, statements, loaded.big, folder)
        hits, misses = _cache(running)
        samples = bench.run(requests, say)
        hits_after, misses_after = _cache(running)
    asked = hits_after - hits + misses_after - misses
    return samples, (hits_after - hits) / asked


async def _statements(database: Database, loaded: Loaded) -> dict[str, Statement]:
    """What the service sends for L, G and S, with arguments drawn from the same contacts and searches."""
    client, typed = loaded.client, rounds.typed(People(seed=11))
    paths = {"L": LISTS[0], "G": f"/api/v1/contacts/{loaded.ids[0]}", "S": rounds.search_path(typed[0])}
    telling = {"L": "t.updated_at desc", "G": "t.id = $2", "S": "search_find("}
    arguments: dict[str, Sequence[str]] = {"L": (), "G": loaded.ids, "S": typed}

    def missed(path: str) -> None:
        moments.change(client, loaded.ids[-1], "so that the cache misses")
        client.get(path)

    return {
        operation: Statement(
            await database.statement_of(lambda path=path: missed(path), telling[operation]),  # type: ignore[misc]
            arguments[operation],
        )
        for operation, path in paths.items()
    }


def _headers(running: Installation, loaded: Loaded) -> tuple[dict[str, str], dict[str, str]]:
    """What a client sends, and what the gateway puts beside it for the service."""
    token = loaded.client.headers["Authorization"].removeprefix("Bearer ")
    user = User(loaded.user_id, "", loaded.actor, "", loaded.big, token)
    internal = internal_headers(user, key=Folder(running.data).secret("internal-key-gateway"))
    del internal["Authorization"]
    public = {
        "Authorization": f"Bearer {token}",
        "X-Workspace-Id": loaded.big,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    return public, internal


def _cache(running: Installation) -> tuple[float, float]:
    port = running.processes()["contacts"]["metrics_port"]
    hits, misses = (metrics.total(port, "cache_requests_total", outcome=outcome) for outcome in ("hit", "miss"))
    return hits, misses


def _in_flight(running: Installation) -> float:
    return metrics.total(running.processes()["contacts"]["metrics_port"], "http_requests_in_flight")


def _facts(running: Installation, loaded: Loaded, size: Size) -> Figures:
    timeline = moments.facts_to_timeline(loaded.client, loaded.ids, size.samples)
    browser = moments.facts_to_browser(loaded.client, running.url, loaded.ids, size.samples)
    return {
        "facts.timeline_p50_ms": percentile(timeline, 0.5),
        "facts.timeline_p99_ms": percentile(timeline, 0.99),
        "facts.browser_p50_ms": percentile(browser, 0.5),
        "facts.browser_p95_ms": percentile(browser, 0.95),
    }


def _depths(running: Installation, loaded: Loaded, size: Size) -> Figures:
    """The big workspace beside a small one, by the service itself: the gateway would only add to both."""
    figures: Figures = {}
    with _direct(running, loaded, loaded.big) as big, _direct(running, loaded, loaded.small) as small:
        one, other = loaded.ids[0], loaded.small_ids[0]
        walks = max(1, size.samples * moments.PAGE // size.small)
        deep, shallow = moments.pages(big, one, size.big, 1), moments.pages(small, other, size.small, walks)
        for sort in deep:
            figures[f"sorts.{sort}_p50_ms"] = percentile(deep[sort], 0.5)
            figures[f"sorts.{sort}_p99_ms"] = percentile(deep[sort], 0.99)
        figures |= _beside(
            "sorts", [ms for each in deep.values() for ms in each], [ms for each in shallow.values() for ms in each]
        )
        figures |= _beside(
            "one",
            moments.each_by_id(big, one, loaded.ids, size.samples),
            moments.each_by_id(small, other, loaded.small_ids, size.samples),
        )
        figures |= _beside(
            "search", moments.searches(big, one, size.samples), moments.searches(small, other, size.samples)
        )
        hard = moments.filters(big, min(size.samples, 50))
    for name, times in hard.items():
        figures |= {f"filters.{name}_p{share}_ms": percentile(times, share / 100) for share in (50, 95)}
    return figures | {"filters.worst_p95_ms": max(figures[f"filters.{name}_p95_ms"] for name in hard)}


def _beside(name: str, big: list[float], small: list[float]) -> Figures:
    figures = {
        f"{name}.{size}_p{share}_ms": percentile(values, share / 100)
        for size, values in (("big", big), ("small", small))
        for share in (50, 99)
    }
    return figures | {
        f"{name}.p{share}_ratio": figures[f"{name}.big_p{share}_ms"] / figures[f"{name}.small_p{share}_ms"]
        for share in (50, 99)
    }


@contextlib.contextmanager
def _direct(running: Installation, loaded: Loaded, workspace_id: str) -> Iterator[httpx2.Client]:
    public, internal = _headers(running, loaded)
    port = running.processes()["contacts"]["port"]
    headers = public | internal | {"X-Internal-Workspace": workspace_id}
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as client:
        yield client


def _second_start(running: Installation) -> Figures:
    running.stop()
    began = time.monotonic()
    running.start()
    ready = time.monotonic() - began
    time.sleep(IDLE_S)  # the measured state is "idle for a while", which nothing announces
    parts = {name: usage.pss_mib(entry["pid"]) for name, entry in running.processes().items()}
    figures = {f"idle.{name}_pss_mib": value for name, value in parts.items()}
    return figures | {"start.second_s": ready, "idle.pss_mib": sum(parts.values())}


def _timed(say: Say) -> Say:
    began = time.monotonic()
    return lambda text: say(f"{time.monotonic() - began:4.0f} s  {text}")


def _machine(size: Size, began: datetime, load_before: float, others: float) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 (whose git it is does not matter)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "began": began.isoformat(timespec="seconds"),
        "size": size.name,
        "contacts": size.big,
        "commit": commit.stdout.strip(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_average_before": load_before,
        "load_average_after": rounds.load_average(),
        "cpus_busy_with_others": others,
    }


@contextlib.contextmanager
def _within(seconds: int) -> Iterator[None]:
    """The whole bench has an end, whatever hangs; what it started ends with it."""

    def end(*_: object) -> None:
        raise Trouble(f"The bench took longer than {seconds} s and was ended.")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
