"""`make test`: every suite on one set of real servers, two at a time, and a line that counts.

A suite is found, not listed: each deployable with a `tests` folder, all packages, each folder below tests/, and the
web app's unit and browser tests. What a suite printed is in build/test/<suite>.log and shown when it fails.

Tests that kill processes and measure times meet machines that are busy with something else. So what failed is tried
once more, alone; what passes only then is named, and does not fail the run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crm_tools import child, environments, node, web
from crm_tools.environments import ROOT, Deployable
from crm_tools.servers import throwaway
from crm_tools.trouble import Trouble

REPORTS = ROOT / "build" / "test"
AT_ONCE = 2
SHOWN_LINES = 150
INTERRUPTED_WITHIN_S = 30
# The longest first, so that they do not stand alone at the end.
LONG = ("browser", "architecture", "faults", "identity", "contacts", "system")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Suite:
    """A command that writes a JUnit report, which `{report}` in it stands for."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environ: dict[str, str] = field(default_factory=dict)
    only_failed: tuple[str, ...] = ()  # what makes the command run what failed the last time; none: no second try

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.name}.xml"

    @property
    def log(self) -> Path:
        return REPORTS / f"{self.name}.log"


@dataclass(frozen=True)
class Result:
    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def find() -> list[Suite]:
    known = environments.deployables()
    suites = [_pytest(one.name, one, one.folder / "tests") for one in known.values() if (one.folder / "tests").is_dir()]
    if packages := known.get("packages"):
        folders = [folder for folder in packages.packages(dev=True) if any(folder.glob("tests/test_*.py"))]
        suites.append(_pytest("packages", packages, *(folder / "tests" for folder in folders)))
    if across := known.get("tests"):
        folders = sorted(path for path in across.folder.iterdir() if any(path.glob("test_*.py")))
        suites += [_pytest(folder.name, across, folder) for folder in folders]
    if (web.WEB / "package.json").is_file():
        suites += [_web(), _browser()]
    return sorted(suites, key=lambda suite: LONG.index(suite.name) if suite.name in LONG else len(LONG))


def run(names: Sequence[str], arguments: Sequence[str], say: Say) -> list[Result]:
    """Runs the named suites, or all. `arguments` go to pytest or vitest as they are."""
    suites = [suite for suite in find() if not names or suite.name in names]
    if missing := set(names) - {suite.name for suite in suites}:
        raise Trouble(f"There is no suite {', '.join(missing)}: there are {', '.join(suite.name for suite in find())}.")
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    environments.ensure(sorted(environments.deployables()), dev=True)
    if any(suite.folder == web.WEB for suite in suites) or {"system", "faults"} & {suite.name for suite in suites}:
        web.build(say)
    return asyncio.run(_run(suites, tuple(arguments), say))


def count(results: Sequence[Result]) -> str:
    """The line that a reader of the log looks for."""
    passed, failed, skipped = (sum(getattr(one, what) for one in results) for what in ("passed", "failed", "skipped"))
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


async def _run(suites: Sequence[Suite], arguments: tuple[str, ...], say: Say) -> list[Result]:
    gate = asyncio.Semaphore(AT_ONCE)
    async with throwaway.servers() as servers:
        shared = {"CRM_TEST_SERVERS": json.dumps(servers)}

        async def one(suite: Suite) -> Result:
            async with gate:
                return await _run_one(suite, arguments, shared, say)

        results = await asyncio.gather(*(one(suite) for suite in suites))
        return [
            await _second_try(suite, result, arguments, shared, say) if result.failed and suite.only_failed else result
            for suite, result in zip(suites, results, strict=True)
        ]


async def _second_try(
    suite: Suite, first: Result, arguments: tuple[str, ...], shared: dict[str, str], say: Say
) -> Result:
    """What failed, alone on the machine. The first try's log stays beside it."""
    suite.log.replace(suite.log.with_suffix(".first.log"))
    say(f"{suite.name}: {first.failed} failed beside other suites, tried once more alone ...")
    second = await _run_one(suite, (*suite.only_failed, *arguments), shared, say)
    if not second.failed:
        say(f"{suite.name}: passed at the second try only: {', '.join(passed_in(suite.report))}")
    seconds = first.seconds + second.seconds
    return Result(suite.name, first.passed + second.passed, second.failed, first.skipped, seconds)


def passed_in(report: Path) -> list[str]:
    """Names of the tests that a report says have passed."""
    cases = ElementTree.parse(report).iter("testcase")  # noqa: S314 (our own file)
    return [case.get("name", "") for case in cases if not len(case)]


async def _run_one(suite: Suite, arguments: tuple[str, ...], shared: dict[str, str], say: Say) -> Result:
    say(f"{suite.name} ...")
    began = time.monotonic()
    command = [part.format(report=suite.report) for part in suite.command]
    environ = os.environ | shared | {name: value.format(report=suite.report) for name, value in suite.environ.items()}
    with suite.log.open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            *arguments,
            cwd=suite.folder,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        code = await process.wait()
    finally:
        await _end(process)
    result = result_of(suite, code, time.monotonic() - began)
    say(f"{suite.name}: {count([result])} in {result.seconds:.0f} s")
    if result.failed:
        tail = suite.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
        say("\n".join([f"---- {suite.log.relative_to(ROOT)}", *tail, "----"]))
    return result


async def _end(process: asyncio.subprocess.Process) -> None:
    """When we are interrupted: the suite may stop what it has started, then all of its group goes."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), INTERRUPTED_WITHIN_S)
    child.end_group(process.pid)


def result_of(suite: Suite, code: int, seconds: float) -> Result:
    """From its report. A suite that ended badly without a failed test, or ran none, counts as one failure."""
    passed = failed = skipped = 0
    if suite.report.is_file():
        for case in ElementTree.parse(suite.report).iter("testcase"):  # noqa: S314 (our own file)
            kinds = {part.tag for part in case}
            failed += bool(kinds & {"failure", "error"})
            skipped += "skipped" in kinds and not kinds & {"failure", "error"}
            passed += not kinds & {"failure", "error", "skipped"}
    if (code and not failed) or not passed + failed:
        failed += 1
    return Result(suite.name, passed, failed, skipped, seconds)


def _pytest(name: str, deployable: Deployable, *folders: Path) -> Suite:
    memory = f"cache_dir={REPORTS / 'cache' / name}"
    options = ("-q", "--color=no", "--durations=5", "-o", memory, "--junit-xml={report}")
    command = (str(deployable.python), "-m", "pytest", *options, "-c", str(deployable.pyproject))
    return Suite(
        name,
        (*command, "--rootdir", str(deployable.folder), *map(str, folders)),
        deployable.folder,
        only_failed=("--last-failed", "--last-failed-no-failures=none"),
    )


def _web() -> Suite:
    npm = node.find()
    reporters = ("--", "--reporter=default", "--reporter=junit", "--outputFile.junit={report}")
    return Suite("web", (*npm.npm, "run", "test", *reporters), web.WEB, {"PATH": npm.path, "CI": "true"})


def _browser() -> Suite:
    """The browser meets a whole installation of its own."""
    npm = node.find()
    command = (
        sys.executable,
        "-m",
        "crm_tools",
        "with-system",
        "--",
        *npm.npm,
        "run",
        "e2e",
        "--",
        "--reporter=list,junit",
    )
    environ = {"PATH": npm.path, "CI": "true", "PLAYWRIGHT_JUNIT_OUTPUT_FILE": "{report}"}
    return Suite("browser", command, web.WEB, environ, only_failed=("--last-failed",))
