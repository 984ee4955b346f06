"""One whole installation, which these tests break part by part; each test finds it healed and leaves it so."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx2
import pytest

from crm_testkit import Installation, eventually, installation
from crm_testkit.blocking import run

HEALED_WITHIN_S = 60


@pytest.fixture(scope="session")
def whole() -> Iterator[Installation]:
    """Two gateways, to read through one what the other wrote; no rate limits, as the load is one person's."""
    with installation(CRM_INSTANCES="gateway=2", CRM_RATE_LIMITS="off") as started:
        yield started


@pytest.fixture
def healthy(whole: Installation) -> Iterator[Installation]:
    run(eventually(lambda: state(whole), has="ok", within_s=HEALED_WITHIN_S))
    yield whole
    run(eventually(lambda: state(whole), has="ok", within_s=HEALED_WITHIN_S))


def state(whole: Installation) -> str:
    return str(httpx2.get(f"{whole.url}/health", timeout=5).json()["status"])


@pytest.fixture
def gateways(whole: Installation) -> list[str]:
    """The base URLs of both."""
    listed = whole.processes()
    return [f"http://127.0.0.1:{listed[name]['port']}" for name in ("gateway", "gateway-2")]


@pytest.fixture
def admin_url(whole: Installation) -> str:
    """Of Postgres, without the database's name."""
    password = (whole.data / "secrets" / "postgres").read_text().strip()
    return f"postgres://postgres:{quote(password)}@127.0.0.1:{whole.processes()['postgres']['port']}/"


@pytest.fixture
def valkey_url(whole: Installation) -> str:
    password = (whole.data / "secrets" / "valkey").read_text().strip()
    return f"redis://:{quote(password)}@127.0.0.1:{whole.processes()['valkey']['port']}/0"
