"""A service is added by one command and one block of system.toml: done in a scratch copy, and its tests run there."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from crm_testkit import Servers
from crm_testkit.repository import ROOT, TOOLS_PYTHON

ALLOWED = ("services/notes/", "contracts/facts/notes/", "contracts/openapi/notes.json", "system.toml")
FOLLOWS = ("web/src/api/generated/", "docs/settings.md")  # generated


def run(*command: object, cwd: Path, **environ: str) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=os.environ | environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The repository as git knows it, without the web app (whose libraries take minutes), under git of its own."""
    copy = tmp_path / "repository"
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    for name in filter(None, listed):
        if not name.startswith("web/") and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    shutil.copytree(ROOT / "tools" / ".uv", copy / "tools" / ".uv", symlinks=True)
    run("git", "init", "--quiet", cwd=copy)
    run("git", "add", "--all", cwd=copy)
    run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "as it was", cwd=copy)
    return copy


def test_it_starts_green_and_changes_no_other_file(scratch: Path, servers: Servers) -> None:
    tools = {"PYTHONPATH": str(scratch / "tools" / "src")}
    run(TOOLS_PYTHON, "-m", "crm_tools", "service", "notes", cwd=scratch, **tools)

    changed = [line[3:] for line in run("git", "status", "--porcelain", "-uall", cwd=scratch).splitlines()]
    assert not [name for name in changed if not name.startswith(ALLOWED + FOLLOWS)]
    removed = run("git", "diff", "--unified=0", "system.toml", cwd=scratch).count("\n-")
    assert removed == 2, "its own header line, and the gateway's list of whom it calls"

    given = {"postgres_url": servers.postgres_url, "nats_url": servers.nats_url, "valkey_url": servers.valkey_url}
    python = scratch / "services" / "notes" / ".venv" / "bin" / "python"
    said = run(python, "-m", "pytest", "-q", cwd=scratch / "services" / "notes", CRM_TEST_SERVERS=json.dumps(given))
    assert " passed" in said
    kept = run(TOOLS_PYTHON, "-m", "crm_tools", "imports", "--root", scratch, cwd=scratch, **tools)
    assert "the import rules are kept" in kept
