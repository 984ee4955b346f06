"""Each deployable stands alone: it installs from its own lock and runs without its neighbours."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from crm_testkit import repository
from crm_testkit.repository import ROOT

UV = ROOT / "tools" / ".uv" / "bin" / "uv"
DEPLOYABLES = ["gateway", *repository.services()]


def packages_of(name: str) -> list[str]:
    return tomllib.loads((repository.folder(name) / "pyproject.toml").read_text())["tool"]["crm"]["packages"]


def run(*command: object, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", DEPLOYABLES)
def test_runs_with_its_own_runtime_lock_and_nothing_else(name: str, tmp_path: Path) -> None:
    """As its image does: the lock with hashes, then its packages and itself by path, without dependencies."""
    python = tmp_path / "venv" / "bin" / "python"
    run(UV, "venv", "--quiet", "--python", repository.python(name), tmp_path / "venv")
    install = (UV, "pip", "install", "--quiet", "--python", python)
    run(*install, "--require-hashes", "-r", repository.folder(name) / "requirements.lock")
    own = [repository.folder(name), *(ROOT / "packages" / package for package in packages_of(name))]
    run(*install, "--no-deps", "--build-constraints", ROOT / "tools" / "build.lock", *own)

    run(python, "-c", f"import {name}.main", cwd=tmp_path)
    neighbours = [other for other in DEPLOYABLES if other != name] + ["pytest", "crm_testkit"]
    for neighbour in neighbours:
        lookup = f"import importlib.util; print(importlib.util.find_spec({neighbour!r}))"
        assert run(python, "-c", lookup, cwd=tmp_path).strip() == "None", neighbour


@pytest.mark.parametrize("name", DEPLOYABLES)
def test_names_every_internal_package_that_it_imports(name: str) -> None:
    sources = (repository.folder(name) / "src").rglob("*.py")
    imported = {
        found for source in sources for found in re.findall(r"^\s*(?:from|import) (crm_\w+)", source.read_text(), re.M)
    }
    listed = set(packages_of(name))
    assert imported <= listed, "[tool.crm] packages in pyproject.toml"


@pytest.mark.parametrize("name", [name for name in DEPLOYABLES if (repository.folder(name) / "Dockerfile").is_file()])
def test_the_image_holds_what_the_pyproject_names(name: str) -> None:
    dockerfile = (repository.folder(name) / "Dockerfile").read_text()
    for package in packages_of(name):
        assert f"packages/{package}" in dockerfile, package
    others = [other for other in repository.services() if other != name]
    assert not [other for other in others if f"services/{other}" in dockerfile]
