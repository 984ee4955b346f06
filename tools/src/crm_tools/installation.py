"""The data folder of one installation: where things lie in it, its secrets, the list of its processes, its lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crm_tools.servers import files
from crm_tools.trouble import Trouble

LOCK_WAIT_S = 30  # an earlier start that is stopping needs up to 25 s


@dataclass(frozen=True)
class Entry:
    """A process as processes.json names it. `started` is its start in seconds since 1970, as the kernel tells it."""

    name: str
    pid: int
    port: int
    metrics_port: int | None
    log: str
    started: float


@dataclass(frozen=True)
class Installation:
    data: Path

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    @property
    def processes(self) -> Path:
        return self.run / "processes.json"

    def prepare(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            for folder, mode in (("run", 0o755), ("logs", 0o750), ("secrets", 0o700)):
                (self.data / folder).mkdir(exist_ok=True)
                (self.data / folder).chmod(mode)
        except (PermissionError, NotADirectoryError, FileExistsError, FileNotFoundError) as error:
            mend = "set CRM_DATA_DIR to a folder that you may write"
            raise Trouble(f"The data folder {self.data} can't be used ({error.strerror}): {mend}.") from None

    def secret(self, name: str) -> str:
        """Made at the first use; 256 bits, in letters, digits, `-` and `_`."""
        return self.secrets_of(name)[0]

    def secrets_of(self, name: str) -> list[str]:
        """The values that count, the current one first: two while a key is being changed (a line each in the file)."""
        file = self.data / "secrets" / name
        if not file.exists():
            files.write_private(file, secrets.token_urlsafe(32) + "\n")
        return file.read_text().split()

    def read_processes(self) -> list[Entry]:
        """Those of the last start, if it wrote any; a file that was cut short counts as none."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            return [Entry(**entry) for entry in json.loads(self.processes.read_text())]
        return []

    def write_processes(self, entries: Iterable[Entry]) -> None:
        _write_whole(self.processes, [asdict(entry) for entry in entries])

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Only one launcher at a time has the folder; the kernel gives the lock back however that one ends."""
        with (self.run / "lock").open("a+") as lock:
            deadline = time.monotonic() + LOCK_WAIT_S
            while not _lock(lock.fileno()):
                lock.seek(0)
                holder, _, state = lock.read().strip().partition(" ")
                if state != "stopping" or time.monotonic() > deadline:
                    raise Trouble(
                        f"Process {holder} already runs Mini-CRM on {self.data}: stop that one, or set CRM_DATA_DIR"
                        " and CRM_PORT to run another beside it."
                    )
                time.sleep(0.1)
            self.note_state("running")
            yield
            self.note_state("stopped")

    def note_state(self, state: str) -> None:
        """Tells a later start whether to wait for us."""
        (self.run / "lock").write_text(f"{os.getpid()} {state}\n")


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_whole(file: Path, content: Any) -> None:
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(json.dumps(content, indent=2) + "\n")
    fresh.replace(file)
