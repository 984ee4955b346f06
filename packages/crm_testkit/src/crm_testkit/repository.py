"""The repository that the tests run in: its folders, its deployables, and who calls whom (system.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[4]
TOOLS_PYTHON = ROOT / "tools" / ".venv" / "bin" / "python"


@cache
def system() -> dict[str, Any]:
    return tomllib.loads((ROOT / "system.toml").read_text())


def folder(deployable: str) -> Path:
    return ROOT / "gateway" if deployable == "gateway" else ROOT / "services" / deployable


def python(deployable: str) -> Path:
    """The interpreter of its own environment."""
    return folder(deployable) / ".venv" / "bin" / "python"


def services() -> list[str]:
    return list(system()["services"])


def calls(service: str) -> list[str]:
    return cast(list[str], system()["services"][service]["calls"])
