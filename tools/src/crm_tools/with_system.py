"""Runs a command beside an installation of its own, which is stopped and removed afterwards.

`python -m crm_tools with-system -- npm run e2e`: the command finds it at CRM_E2E_URL, and its folder at CRM_DATA_DIR.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crm_tools.trouble import Trouble

READY = "Mini-CRM is ready at "
STOPPED_WITHIN_S = 30


@dataclass(frozen=True)
class System:
    url: str
    data: Path
    launcher: subprocess.Popen[str]


@contextlib.contextmanager
def system(data: Path, **environ: str) -> Iterator[System]:
    """A running installation on a free port; `environ` are its settings."""
    command = [sys.executable, "-m", "crm_tools", "up"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    settings = {"CRM_DATA_DIR": str(data), "CRM_PORT": "0", **environ}
    with subprocess.Popen(command, env=own | settings, stdout=subprocess.PIPE, text=True) as launcher:
        try:
            yield System(_until_ready(launcher), data, launcher)
        finally:
            launcher.terminate()
            try:
                launcher.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                launcher.kill()


def run(command: Sequence[str]) -> int:
    data = Path(tempfile.mkdtemp(prefix="crm-system-"))
    data.chmod(0o711)  # lets the database's account through
    try:
        with system(data, CRM_RATE_LIMITS="off") as running:
            environ = os.environ | {"CRM_E2E_URL": running.url, "CRM_DATA_DIR": str(data)}
            return subprocess.run(command, env=environ, check=False).returncode
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _until_ready(launcher: subprocess.Popen[str]) -> str:
    said, output = [], launcher.stdout or iter(())
    for line in output:
        said.append(line)
        if line.startswith(READY):
            # Its pipe has to be read on, or it would stand still when the pipe is full.
            threading.Thread(target=list, args=(output,), daemon=True).start()
            return line.removeprefix(READY).split()[0]
    raise Trouble("The installation did not start; it said:\n" + "".join(said))
