"""The real gateway process in front of a real, counting service."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import service

from crm_testkit import Running, Tokens
from crm_testkit.processes import Starter

CONTRACT = Path(__file__).with_name("contract")


@pytest.fixture(scope="session")
def upstream_process(tokens: Tokens) -> Iterator[service.Service]:
    with service.running(tokens) as running:
        yield running


@pytest.fixture
def upstream(upstream_process: service.Service) -> service.Service:
    upstream_process.reset()
    return upstream_process


@pytest.fixture(scope="session")
def start_gateway(start_service: Starter, upstream_process: service.Service) -> Callable[..., Running]:
    """`start_gateway(CRM_BUCKET_USER="20/10")`: a gateway of its own for a test that needs other settings."""

    def start(**environ: str) -> Running:
        usual = {
            "CRM_IDENTITY_URL": upstream_process.url,
            "CRM_CONTACTS_URL": upstream_process.url,
            "CRM_CONTRACTS_DIR": str(CONTRACT),
            "CRM_RATE_LIMITS": "off",
        }
        return start_service("gateway", **{**usual, **environ})

    return start


@pytest.fixture(scope="session")
def gateway(start_gateway: Callable[..., Running]) -> Running:
    return start_gateway()


@pytest.fixture
async def client(gateway: Running, upstream: service.Service) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.base_url, timeout=30) as client:
        yield client


@pytest.fixture
def signed_in(tokens: Tokens) -> dict[str, str]:
    """The headers of somebody who is signed in."""
    return {"Authorization": f"Bearer {tokens.user('Ada').token}"}
