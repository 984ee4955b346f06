"""`make service name=notes`, in a copy: its tests pass, the gateway serves it, and no other file changed."""

import sys
from pathlib import Path

import pytest
import scratch

from crm_testkit import Installation, Servers

# One block, and what is generated.
MAY_CHANGE = {"system.toml", "docs/settings.md"}
MAY_APPEAR = ("services/notes/", "contracts/facts/notes/", "contracts/openapi/notes.json")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = scratch.copy(tmp_path_factory.mktemp("copy"))
    root.chmod(0o711)
    return root


@pytest.fixture(scope="module")
def changed(tree: Path) -> set[str]:
    """The files that making the service has changed or added."""
    before = scratch.contents(tree)
    scratch.run("make", "service", "name=notes", f"PYTHON={sys.executable}", cwd=tree)
    after = scratch.contents(tree)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_one_block_in_system_toml_is_all_that_changes(tree: Path, changed: set[str]) -> None:
    assert {name for name in changed if not name.startswith(MAY_APPEAR)} <= MAY_CHANGE
    added = (tree / "system.toml").read_text().partition("[services.notes]")[2]
    assert len(added.strip().splitlines()) <= 5


def test_its_tests_pass(tree: Path, changed: set[str], servers: Servers) -> None:
    scratch.run(sys.executable, "tools/env.py", "notes", "--dev", cwd=tree)
    said = scratch.run(tree / "services/notes/.venv/bin/python", "-m", "pytest", "-q", cwd=tree / "services/notes")
    assert " passed" in said


def test_it_keeps_the_rules_of_lint_types_and_imports(tree: Path, changed: set[str]) -> None:
    tools, notes = tree / "tools" / ".venv" / "bin", tree / "services" / "notes"
    scratch.run(tools / "ruff", "check", notes, cwd=tree)
    scratch.run(tools / "ruff", "format", "--check", notes, cwd=tree)
    scratch.run(tools / "python", "-m", "crm_tools", "imports", "--root", tree, cwd=tree)
    python = notes / ".venv" / "bin" / "python"
    scratch.run(tools / "mypy", "--config-file", "mypy.ini", "--python-executable", python, notes / "src", cwd=tree)


def test_the_gateway_serves_its_routes(tree: Path, changed: set[str], tmp_path: Path) -> None:
    tmp_path.chmod(0o711)  # lets the database's account through to its own folder
    running = Installation(tmp_path / "data", root=tree).start()
    try:
        ada = running.client()
        made = ada.post("/api/v1/notes", json={"text": "Call Grace"})
        assert made.status_code == 201, made.text
        path = f"/api/v1/notes/{made.json()['id']}"
        assert ada.patch(path, json={"text": "Call Grace on Monday"}).json()["version"] == 2
        assert ada.get(path).json()["text"] == "Call Grace on Monday"
        # The gateway knows the schema: what breaks it never reaches the service.
        assert ada.post("/api/v1/notes", json={"text": 1}).status_code == 422
        assert "/api/v1/notes" in ada.get("/openapi.json").json()["paths"]
    finally:
        running.stop()
