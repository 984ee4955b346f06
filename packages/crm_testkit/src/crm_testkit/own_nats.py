"""A NATS of one test's own, to be killed, frozen and robbed of its stream."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from crm_testkit.processes import free_port
from crm_testkit.repository import ROOT, TOOLS_PYTHON


class OwnNats:
    """A real server; its port and password stay the same through `kill` and `start`, and so does its stream."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        password = secrets.token_hex(8)
        self._store = folder / "jetstream"
        self._settings = folder / "nats.conf"
        self._settings.write_text(
            json.dumps(
                {
                    "listen": f"127.0.0.1:{self._port}",
                    "authorization": {"user": "crm", "password": password},
                    "jetstream": {"store_dir": str(self._store), "sync_interval": "always"},
                }
            )
        )
        self.url = f"nats://crm:{password}@127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([str(_binary()), "-c", str(self._settings)], stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def forget(self) -> None:
        """Removes streams and consumers; only while it is not running."""
        shutil.rmtree(self._store)

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, and nobody answers."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def own_nats(folder: Path) -> Iterator[OwnNats]:
    server = OwnNats(folder)
    try:
        yield server
    finally:
        server.kill()


def _binary() -> Path:
    if not TOOLS_PYTHON.exists():
        subprocess.run([sys.executable, ROOT / "tools" / "env.py", "tools"], check=True)
    return TOOLS_PYTHON.parent / "nats-server"
