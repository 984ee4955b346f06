"""Builds the web app when its sources have changed since the last build."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from crm_tools import node
from crm_tools.environments import ROOT, explain
from crm_tools.trouble import Trouble

WEB = ROOT / "web"
STAMPS = ROOT / "build"
NOT_SOURCES = {"node_modules", "dist", "test-results", "playwright-report", "e2e"}
Say = Callable[[str], None]


def is_current() -> bool:
    return (WEB / "dist" / "index.html").is_file() and _read("web-build") == _digest(_sources())


def build(say: Say) -> None:
    """Leaves the built app in web/dist."""
    if is_current():
        return
    say("web app: building ...")
    began = time.monotonic()
    npm = install(say)
    done = npm.run("run", "build", folder=WEB)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise Trouble(f"The web app could not be built:\n{said}")
    _write("web-build", _digest(_sources()))  # taken now, because the build writes compiled messages among the sources
    say(f"web app is built ({time.monotonic() - began:.1f} s)")


def install(say: Say) -> node.Node:
    """Makes node_modules what the lock says; answers the npm to use."""
    npm = node.find()
    wanted = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if (WEB / "node_modules").is_dir() and _read("web-install") == wanted:
        return npm
    say("web app: fetching its libraries ...")
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    done = npm.run("ci", *quiet, folder=WEB)
    if done.returncode and "npm ci" in done.stderr + done.stdout:
        # It refuses a lock that does not fit package.json, as after a merge; install mends that.
        done = npm.run("install", *quiet, folder=WEB)
        wanted = _digest([WEB / "package.json", WEB / "package-lock.json"])
    if done.returncode:
        raise Trouble(explain(done.stderr + done.stdout, what="the web app's libraries"))
    _write("web-install", wanted)
    return npm


def _sources() -> Iterator[Path]:
    for entry in sorted(WEB.iterdir()):
        if entry.name in NOT_SOURCES or entry.name.startswith("."):
            continue
        yield from sorted(file for file in entry.rglob("*") if file.is_file()) if entry.is_dir() else [entry]


def _digest(files: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(WEB)}\0".encode() + (file.read_bytes() if file.is_file() else b""))
    return digest.hexdigest()


def _read(name: str) -> str | None:
    stamp = STAMPS / name
    return stamp.read_text() if stamp.is_file() else None


def _write(name: str, digest: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(digest)
