"""Runs the compose file's system for real and the system tests against it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import yaml

from crm_tools import environments
from crm_tools.environments import ROOT
from crm_tools.images import build, engine, host_network
from crm_tools.trouble import Trouble

COMPOSE_FILE = ROOT / "deploy" / "compose.yaml"
READY_WITHIN_S = 180
KILLED = ("contacts", "contacts-worker", "valkey", "nats", "postgres", "gateway")
Say = Callable[[str], None]


def test(say: Say, *, cache: bool = True) -> int:
    """Builds, runs, tests, kills each container and waits for it to heal; the exit code of the tests."""
    build.build_all(say, cache=cache)
    build.ensure_servers(say)
    with running(say) as system:
        system.refuse_secrets_in_the_open()
        code = system.run_tests()
        for name in KILLED:
            say(f"{name} killed: the system was ready again after {system.heal(name):.1f} s")
        return code


class System:
    def __init__(self, project: str, file: Path, port: int) -> None:
        self._project, self._file, self.url = project, file, f"http://127.0.0.1:{port}"

    def compose(self, *arguments: str) -> str:
        return engine.run([*engine.compose(), "-p", self._project, "-f", str(self._file), *arguments])

    def wait_ready(self) -> float:
        """Seconds until every part is ready."""
        began = time.monotonic()
        while not self._is_whole():
            if time.monotonic() - began > READY_WITHIN_S:
                raise Trouble("The system was not ready in time:\n" + self.compose("ps"))
            time.sleep(0.2)
        return time.monotonic() - began

    def _is_whole(self) -> bool:
        with suppress(OSError, ValueError), urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:  # noqa: S310
            return bool(json.load(answer)["status"] == "ok")
        return False

    def heal(self, name: str) -> float:
        """Seconds after its process crashed. (`docker kill` counts as the operator's wish: nothing restarts then.)"""
        before = self._pid(name)
        began = time.monotonic()
        os.kill(before, signal.SIGKILL)
        while self._pid(name) in (0, before):
            if time.monotonic() - began > READY_WITHIN_S:
                raise Trouble(f"{name} was not started again.")
            time.sleep(0.1)
        self.wait_ready()
        return time.monotonic() - began

    def _pid(self, name: str) -> int:
        return int(engine.run([engine.docker(), "inspect", "-f", "{{.State.Pid}}", self._container(name)]))

    def _container(self, name: str) -> str:
        return self.compose("ps", "-q", name).strip()

    def refuse_secrets_in_the_open(self) -> None:
        """No password or key stands in a container's environment or an image's history."""
        values = self._secret_values()
        for name in (*build.DEPLOYABLES, *(f"{name}-worker" for name in build.DEPLOYABLES if name != "gateway")):
            seen = engine.run([engine.docker(), "inspect", self._container(name)])
            seen += engine.run([engine.docker(), "history", "--no-trunc", f"mini-crm/{name.removesuffix('-worker')}"])
            if any(value in seen for value in values):
                raise Trouble(f"A secret stands in the open in the container or the image of {name}.")

    def _secret_values(self) -> list[str]:
        reader = [
            "run",
            "--rm",
            "--entrypoint",
            "sh",
            "secrets",
            "-c",
            "cat /secrets/*password /secrets/internal-key-*",
        ]
        return [line for line in self.compose(*reader).split() if len(line) > 30]

    def run_tests(self) -> int:
        environments.ensure(["tests"], dev=True)
        python = environments.deployables()["tests"].python
        environ = os.environ | {"CRM_SYSTEM_URL": self.url}
        command = [str(python), "-m", "pytest", "-m", "not launcher", "system/test_journey.py"]
        return subprocess.run(command, cwd=ROOT / "tests", env=environ, check=False).returncode


@contextmanager
def running(say: Say) -> Iterator[System]:
    """The compose file's system under a project name of its own; containers and volumes are gone afterwards."""
    spec, port = host_network.adapted(yaml.safe_load(COMPOSE_FILE.read_text()))
    project = f"crm-test-{secrets.token_hex(3)}"
    folder = ROOT / "build" / project
    folder.mkdir(parents=True)
    shutil.copy(COMPOSE_FILE.parent / "make_secrets.py", folder)
    file = folder / "compose.yaml"
    file.write_text(yaml.safe_dump(spec))
    system = System(project, file, port)
    try:
        began = time.monotonic()
        system.compose("up", "-d")
        system.wait_ready()
        say(f"the system of the compose file is ready ({time.monotonic() - began:.1f} s)")
        yield system
    finally:
        system.compose("down", "--volumes", "--timeout", "25")
        shutil.rmtree(folder)
