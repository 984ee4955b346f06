"""The arithmetic of the bench, and what it reads from other programs' output: a wrong figure would be believed."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from crm_tools.bench import bare, cases, metrics, report, usage, wrk
from crm_tools.bench.cases import AIMS, BUCKET_HERE, FULL, NGINX, PGBENCH, QUICK, SERVICE, Cell
from crm_tools.bench.figures import percentile, spread, zipf
from crm_tools.bench.rounds import Sample
from crm_tools.bench.wrk import Measured
from crm_tools.trouble import Trouble

WRK = """Running 1s test @ http://127.0.0.1:1
  1 threads and 64 connections
  1500 requests in 1.50s, 3.00MB read
Requests/sec:   1000.00

{"requests": 1500, "duration_us": 1500000, "p50_us": 2500, "p99_us": 40000, "errors": {"status": 2, "timeout": 1, "read": 0}}
"""  # noqa: E501 (one line, as it is printed)


BUSY = """
import os, sys, time
os.fork()
while time.process_time() < 0.2: pass
print("done", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def busy_family() -> Iterator[int]:
    """A process and its child, each of which has used 0.2 s of CPU."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", BUSY], **pipes) as process:
        for _ in range(2):
            assert process.stdout is not None and process.stdout.readline()
        yield process.pid
        process.kill()


class TestFigures:
    def test_a_percentile_is_a_value_that_was_measured(self) -> None:
        values = [float(value) for value in range(100, 0, -1)]
        assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
        assert percentile([7.0], 0.99) == 7.0

    def test_no_value_is_no_percentile(self) -> None:
        with pytest.raises(ValueError, match="no value"):
            percentile([], 0.5)

    def test_a_spread_is_told_beside_the_median(self) -> None:
        found = spread([90.0, 120.0, 100.0])
        assert (found.median, found.low, found.high, found.relative) == (100.0, 90.0, 120.0, 0.3)

    def test_draws_favour_the_first(self) -> None:
        drawn = Counter(zipf("abcd", 12_000, random.Random(1)))  # noqa: S311
        assert 1.8 < drawn["a"] / drawn["b"] < 2.2
        assert 3.6 < drawn["a"] / drawn["d"] < 4.4


class TestUsage:
    def test_cpu_is_the_difference_over_the_requests(self) -> None:
        used = usage.cpu_us_per_request({"gateway": 1.5, "contacts": 2.0}, {"gateway": 1.75, "contacts": 2.0}, 1000)
        assert used == {"gateway": 250.0, "contacts": 0.0}

    def test_the_cpu_of_a_process_and_of_its_children_is_counted(self, busy_family: int) -> None:
        assert usage.cpu_seconds({"family": busy_family})["family"] >= 0.3

    def test_memory_is_that_of_the_tree(self, busy_family: int) -> None:
        assert usage.pss_mib(busy_family) > usage.pss_mib(usage._tree(busy_family)[1].pid) > 1
        assert usage.peak_rss_mib(busy_family) > 1


class TestReading:
    def test_wrk(self) -> None:
        found = wrk.parse(WRK)
        assert found == Measured(1500, 1.5, p50_ms=2.5, p99_ms=40.0, errors_by_kind={"status": 2, "timeout": 1})
        assert (found.per_s, found.errors) == (1000.0, 3)

    def test_wrk_that_told_nothing_is_trouble(self) -> None:
        with pytest.raises(Trouble, match="unable to connect"):
            wrk.parse("unable to connect to 127.0.0.1:1 Connection refused")

    def test_pgbench_counts_what_failed(self) -> None:
        log = "0 1 400 0 1795565000 1\n0 2 600 1 1795565000 2\n0 3 failed 1 1795565000 3\n0 4 500 0 1795565000 4\n"
        assert bare.parse(log, 2.0) == Measured(3, 2.0, p50_ms=0.5, p99_ms=0.6, errors_by_kind={"failed": 1})

    def test_a_script_has_pgbenchs_variables_and_one_end(self) -> None:
        sql = " select r.* from enter($1) e(w), lateral (select $2::uuid) r ;  "
        expected = "select r.* from enter(:workspace) e(w), lateral (select :argument7::uuid) r ;"
        assert bare.script_of(sql, 7) == expected

    def test_the_log_of_postgres_tells_the_services_reads(self) -> None:
        line = "2026-11-24 [7] contacts_api@contacts LOG:  duration: 0.1 ms  execute __asyncpg_1__: select 1 from x"
        others = line.replace("contacts_api", "contacts_worker")
        assert bare.EXECUTED.findall(f"{others}\n{line}\n") == ["select 1 from x"]

    def test_counters_are_summed_by_label(self) -> None:
        text = (
            'asked_total{cache="c",outcome="hit"} 9.0\nasked_total{cache="c",outcome="miss"} 1.0\nasked_created 5.0\n'
        )
        assert metrics.total_in(text, "asked_total", {"outcome": "hit"}) == 9
        assert metrics.total_in(text, "asked_total", {}) == 10
        assert metrics.total_in(text, "asked", {}) == 0


class TestReport:
    def test_ratios_are_of_the_same_round(self) -> None:
        # The second round was twice as slow for both: the ratio is not.
        samples = [*_samples(BUCKET_HERE, [600, 300, 640]), *_samples(NGINX, [1000, 500, 1000])]
        assert report.figures_of(samples)["G.bucket_here_of_nginx"] == 0.6

    def test_a_ratio_by_cpu_counts_every_part_of_a_request(self) -> None:
        samples = [*_samples(BUCKET_HERE, [600]), *_samples(NGINX, [1000])]
        assert report.figures_of(samples)["G.bucket_here_of_nginx_by_cpu"] == 300 / 500

    def test_a_run_with_errors_is_no_measurement(self) -> None:
        samples = [*_samples(BUCKET_HERE, [600, 300, 640], errors=1), *_samples(NGINX, [1000, 500, 1000])]
        assert "G.bucket_here_of_nginx" not in report.figures_of(samples)
        assert any("3 !" in line for line in report.table(report.rows_of(samples)))

    def test_the_services_own_time_is_over_the_bare_query(self) -> None:
        samples = [
            *_samples(SERVICE, [400], connections=1, p50_ms=2.5),
            *_samples(PGBENCH, [9], connections=1, p50_ms=0.5),
        ]
        assert report.figures_of(samples) == {"G.service_over_pgbench_ms": 2.0}

    def test_what_was_missed_and_what_was_not_measured_is_said(self) -> None:
        figures = {aim.figure: 0.0 for aim in AIMS if aim.figure != "idle.pss_mib"}
        lines = list(report.aims_table(figures))
        missed = [line for line in lines if line.endswith("MISSED")]
        assert len(missed) == len([aim for aim in AIMS if aim.at_least is not None])
        assert next(line for line in lines if "not measured" in line).startswith("whole system idle")


class TestCases:
    def test_quick_cells_are_some_of_all(self) -> None:
        assert set(cases.cells(QUICK)) < set(cases.cells(FULL))

    def test_every_way_meets_every_operation_in_full(self) -> None:
        full = set(cases.cells(FULL))
        assert len(full) == 4 * 2 * 6 - 2
        assert Cell("C", 1, PGBENCH) not in full

    def test_a_filter_is_json_with_its_own_values(self) -> None:
        text = cases.filter_text([("name", "contains", '"a{n}"'), ("created_at", "last_days", "{days}")], 7)
        clauses = [
            '{"field":"name","op":"contains","value":"a07"}',
            '{"field":"created_at","op":"last_days","value":37}',
        ]
        assert text == '{"and":[' + ",".join(clauses) + "]}"


def _samples(
    way: str, rates: list[int], *, errors: int = 0, connections: int = 64, p50_ms: float = 1.0
) -> list[Sample]:
    cpu_us = {way: 100.0 if way == NGINX else 300.0, "contacts": 200.0}
    return [
        Sample(Cell("G", connections, way), number, Measured(rate, 1.0, p50_ms, 2.0, {"status": errors}), cpu_us, 0.0)
        for number, rate in enumerate(rates, 1)
    ]
