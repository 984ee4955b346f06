"""The example service as real processes, and a client that speaks to it as the gateway does."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from crm_testkit import Tokens, internal_headers, internal_keys
from crm_testkit.processes import free_port

EXAMPLE = Path(__file__).parent / "example_service.py"


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    base_url: str
    metrics_url: str
    log: Path

    @property
    def lines(self) -> str:
        return self.log.read_text()


Start = Callable[..., Service]


@pytest.fixture(scope="module")
def start(tokens: Tokens, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """`start("serve", CRM_EVENTS_URL=...)`: a process whose liveness probe answers when it returns."""
    started: list[Service] = []
    folder = tmp_path_factory.mktemp("example")

    def run(command: str = "serve", **environ: str) -> Service:
        listen, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        keys = internal_keys()
        usual = {
            "PATH": os.environ["PATH"],
            "CRM_LISTEN": listen,
            "CRM_METRICS_LISTEN": metrics,
            "CRM_PUBLIC_URL": tokens.public_url,
            "CRM_IDENTITY_URL": tokens.url,
            "CRM_INTERNAL_KEY": keys["events"],
            "CRM_INTERNAL_KEYS": f"gateway={keys['gateway']},gateway=the-next-key,events={keys['events']}",
        }
        log = folder / f"{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, str(EXAMPLE), command], env=usual | environ, stdout=output, stderr=output
            )
        service = Service(process, f"http://{listen}", f"http://{metrics}", log)
        started.append(service)
        _wait_alive(service)
        return service

    yield run
    for service in started:
        service.process.kill()
        service.process.wait()


def _wait_alive(service: Service, within_s: float = 15) -> None:
    ends = time.monotonic() + within_s
    while True:
        try:
            with urllib.request.urlopen(f"{service.base_url}/health/live", timeout=2):  # noqa: S310
                return
        except OSError:
            assert service.process.poll() is None, service.lines
            assert time.monotonic() < ends, service.lines
            time.sleep(0.02)


@pytest.fixture(scope="module")
def service(start: Start) -> Service:
    return start()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(service.base_url) as session:
        yield session


@pytest.fixture
def ada(tokens: Tokens) -> dict[str, str]:
    """Headers of an owner's call through the gateway."""
    return internal_headers(tokens.user("Ada Lovelace"))


@pytest.fixture
def as_role(tokens: Tokens) -> Callable[[str], dict[str, str]]:
    return lambda role: internal_headers(tokens.user("Ada Lovelace"), role=role)


@pytest.fixture(scope="session")
def command() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """`command("openapi", NAME="value")`: runs one to its end, in an environment of these names alone."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, str(EXAMPLE), *arguments], env=environ, capture_output=True, timeout=30)

    return run
