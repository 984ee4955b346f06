"""`make check`: format, lint, types, import rules, generated files, and then every test. CI runs exactly this."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from crm_tools import environments, generate, imports, locks, suites, web
from crm_tools.environments import ROOT, Deployable
from crm_tools.suites import Result
from crm_tools.trouble import Trouble

Say = Callable[[str], None]
Step = Callable[[], str]  # answers what is wrong, or nothing
BIN = Path(sys.executable).parent


def run(say: Say) -> list[Result]:
    """Every step runs, also after one has failed; a step counts as one test."""
    environments.ensure(sorted(environments.deployables()), dev=True)
    results = [_step(name, step, say) for name, step in _steps().items()]
    return results + suites.run([], [], say)


def _steps() -> dict[str, Step]:
    steps: dict[str, Step] = {
        "format": lambda: _tool([BIN / "ruff", "format", "--check", "."]),
        "lint": lambda: _tool([BIN / "ruff", "check", "."]),
        "imports": lambda: imports.broken(ROOT),
        "locks are current": _locks,
    }
    for name, deployable in environments.deployables().items():
        if sources := _sources(deployable):
            steps[f"types of {name}"] = partial(_types, deployable, sources)
    if (web.WEB / "package.json").is_file():
        for script in ("check:types", "check:lint", "check:format"):
            steps[f"web {script}"] = partial(_npm, script)
    steps["generated files are current"] = _generated
    return steps


def _step(name: str, step: Step, say: Say) -> Result:
    began = time.monotonic()
    try:
        wrong = step()
    except Trouble as trouble:
        wrong = str(trouble)
    seconds = time.monotonic() - began
    say(f"{name}: {'FAILED' if wrong else 'ok'} ({seconds:.1f} s)" + (f"\n{wrong}" if wrong else ""))
    return Result(name, int(not wrong), int(bool(wrong)), 0, seconds)


def _sources(deployable: Deployable) -> list[Path]:
    if deployable.name == "packages":
        return [folder / "src" for folder in deployable.packages(dev=True)]
    return [deployable.folder / "src"] if (deployable.folder / "src").is_dir() else []


def _types(deployable: Deployable, sources: Sequence[Path]) -> str:
    cache = ROOT / ".mypy_cache" / deployable.name  # they differ in what is installed, and so in what a cache holds
    options: list[str | Path] = [
        "--config-file",
        ROOT / "mypy.ini",
        "--python-executable",
        deployable.python,
        "--cache-dir",
        cache,
    ]
    return _tool([BIN / "mypy", *options, *sources])


def _locks() -> str:
    changed = locks.stale()
    return f"run `make lock` and commit {', '.join(changed)}" if changed else ""


def _generated() -> str:
    before = generate.changed()
    generate.run(lambda _: None)
    after = generate.changed()
    return "" if after == before == "" else f"run `make generate` and commit what it changes:\n{after or before}"


def _npm(script: str) -> str:
    done = web.install(lambda _: None).run("run", script, folder=web.WEB)
    return done.stdout + done.stderr if done.returncode else ""


def _tool(command: Sequence[str | Path]) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
