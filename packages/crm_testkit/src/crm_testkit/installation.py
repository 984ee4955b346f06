"""A whole installation of its own: what `make up` starts, in a temporary folder, on free ports."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx2

from crm_testkit.repository import ROOT

READY = "Mini-CRM is ready at "
STOPPED_WITHIN_S = 30
PASSWORD = "correct horse battery staple"  # noqa: S105 (of people who live as long as a test)


@dataclass
class Installation:
    """`start()` returns when it is ready; `said` is what the launcher printed until now."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)
    url: str = ""
    said: list[str] = field(default_factory=list)
    launcher: subprocess.Popen[str] | None = None
    root: Path = ROOT  # the repository whose system it is

    def start(self, *, wait: bool = True) -> Installation:
        """Raises AssertionError, with what was said, if it ends before it is ready."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        environ = own | {"CRM_DATA_DIR": str(self.data), "CRM_PORT": "0"} | self.settings
        self.said = []
        self.launcher = subprocess.Popen(
            [str(self.root / "tools" / ".venv" / "bin" / "python"), "-m", "crm_tools", "up"],
            cwd=self.root,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self.launcher, ready), daemon=True).start()
        if wait:
            ready.wait()
            if not self.url:
                raise AssertionError("the installation did not start; it said:\n" + "\n".join(self.said))
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to stop; answers the launcher's exit code."""
        launcher = self._running_launcher()
        launcher.send_signal(number)
        return launcher.wait(STOPPED_WITHIN_S)

    def kill_launcher(self) -> None:
        launcher = self._running_launcher()
        launcher.kill()
        launcher.wait()

    def processes(self) -> dict[str, dict[str, Any]]:
        """processes.json by name."""
        listed = json.loads((self.data / "run" / "processes.json").read_text())
        return {entry["name"]: entry for entry in listed}

    def pid(self, name: str) -> int:
        return cast(int, self.processes()[name]["pid"])

    def signal(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        os.kill(self.pid(name), number)

    def log(self, name: str) -> str:
        return Path(self.processes()[name]["log"]).read_text(errors="replace")

    def client(self, name: str = "Ada Lovelace") -> httpx2.Client:
        """Somebody who has just signed up, with a workspace of their own."""
        client = httpx2.Client(base_url=self.url, timeout=30)
        email = f"{name.split()[0].lower()}.{uuid.uuid4().hex[:12]}@example.org"
        account = {"email": email, "password": PASSWORD, "data": {"name": name}}
        answer = client.post("/auth/v1/signup", json=account)
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def _listen(self, launcher: subprocess.Popen[str], ready: threading.Event) -> None:
        self.url = ""
        for line in launcher.stdout or ():
            self.said.append(line.rstrip("\n"))
            if line.startswith(READY):
                self.url = line.removeprefix(READY).split()[0]
                ready.set()
        ready.set()

    def _running_launcher(self) -> subprocess.Popen[str]:
        assert self.launcher is not None, "it was never started"
        return self.launcher


@contextlib.contextmanager
def installation(**settings: str) -> Iterator[Installation]:
    """A started one with these settings; stopped and removed at the end."""
    data = Path(tempfile.mkdtemp(prefix="crm-installation-"))
    data.chmod(0o711)  # lets the database's account through to its own folder
    made = Installation(data, settings)
    try:
        yield made.start()
    finally:
        if made.launcher is not None and made.launcher.poll() is None:
            made.stop()
        shutil.rmtree(data, ignore_errors=True)
