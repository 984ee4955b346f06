"""Clients of a Valkey that these tests kill, freeze and fill."""

from collections.abc import AsyncIterator

import pytest

from crm_cache import Valkey
from crm_testkit import OwnValkey


@pytest.fixture
async def valkey(own_valkey: OwnValkey) -> AsyncIterator[Valkey]:
    client = await Valkey.open(own_valkey.url, wait_s=5)
    assert client.is_up
    yield client
    await client.close()


@pytest.fixture
async def neighbour(own_valkey: OwnValkey) -> AsyncIterator[Valkey]:
    """The client of another process of the same service."""
    client = await Valkey.open(own_valkey.url, wait_s=5)
    assert client.is_up
    yield client
    await client.close()
