"""Real processes of services, as the launcher would start them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_testkit import repository
from crm_testkit.databases import Database
from crm_testkit.headers import accepted_keys, internal_keys
from crm_testkit.servers import Servers
from crm_testkit.tokens import Tokens

READY_WITHIN_S = 30
STOPPED_WITHIN_S = 25


@dataclass
class Running:
    """A started process. `restart` keeps its ports and its environment."""

    name: str
    command: tuple[str, ...]
    environ: dict[str, str]
    base_url: str
    metrics_url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def logs(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        """SIGKILL: what a crash looks like."""
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Asks it to end; answers its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        try:
            return self.process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def restart(self, **environ: str) -> None:
        if self.process.poll() is None:
            self.stop()
        self.environ |= environ
        self.process = _spawn(self.command, self.environ, self.log, repository.folder(self.name))
        self.wait_ready()

    def wait_ready(self, within_s: float = READY_WITHIN_S) -> None:
        deadline = time.monotonic() + within_s
        while not self._answers():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.logs[-4000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name} was not ready within {within_s} s:\n{self.logs[-4000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.base_url}/health/ready", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
        return False


class Starter:
    """`start_service("contacts", "serve", CRM_EVENTS_URL=...)`: ready when it returns; ended with the fixture."""

    def __init__(self, servers: Servers, tokens: Tokens, database: Callable[[str], Database], logs: Path) -> None:
        self._servers, self._tokens, self._database, self._logs = servers, tokens, database, logs
        self._running: list[Running] = []

    def __call__(self, name: str, command: str = "serve", *, wait: bool = True, **environ: str) -> Running:
        addresses = {"CRM_LISTEN": f"127.0.0.1:{free_port()}", "CRM_METRICS_LISTEN": f"127.0.0.1:{free_port()}"}
        full = self.environment(name, command) | addresses | environ
        full = {key: value for key, value in full.items() if value}
        argv = (str(repository.python(name)), "-m", name, command)
        log = self._logs / f"{name}-{command}-{len(self._running)}.log"
        process = _spawn(argv, full, log, repository.folder(name))
        base, metrics = (f"http://{full[variable]}" for variable in addresses)
        running = Running(name, argv, full, base, metrics, log, process)
        self._running.append(running)
        if wait:
            running.wait_ready()
        return running

    def environment(self, name: str, command: str) -> dict[str, str]:
        """What the launcher would set, without the addresses; an empty value given at the call takes one out."""
        shared = {
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "CRM_PUBLIC_URL": self._tokens.public_url,
            "CRM_INTERNAL_KEY": internal_keys()[name],
            "CRM_IDENTITY_URL": self._tokens.url,
            "NATS_URL": self._servers.nats_url,
            "VALKEY_URL": self._servers.valkey_url,
            "CRM_RATE_LIMITS": "on",
            "CRM_SIGNUP": "open",
        }
        if name == "gateway":
            return shared | {"CRM_CONTRACTS_DIR": str(repository.ROOT / "contracts" / "openapi")}
        database = self._database(name)
        return shared | {
            "DATABASE_URL": database.worker_url if command == "work" else database.api_url,
            "CRM_INTERNAL_KEYS": accepted_keys(),
            "CRM_SECRET": "5ec2e7" * 12,
        }

    def stop_all(self) -> None:
        for running in reversed(self._running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.stop()


@contextlib.contextmanager
def starter(servers: Servers, tokens: Tokens, database: Callable[[str], Database], logs: Path) -> Iterator[Starter]:
    start = Starter(servers, tokens, database, logs)
    try:
        yield start
    finally:
        start.stop_all()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _spawn(command: tuple[str, ...], environ: dict[str, str], log: Path, folder: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command, env=environ, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
