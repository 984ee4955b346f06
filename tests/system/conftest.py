"""One installation for the tests that only use it; those that stop or kill it start their own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_testkit import Installation, installation


@pytest.fixture(scope="session")
def running() -> Iterator[Installation]:
    """CRM_SYSTEM_URL names a system that runs already (`make test-images` does that)."""
    if url := os.environ.get("CRM_SYSTEM_URL"):
        yield Installation(Path(), url=url)
        return
    with installation(CRM_INSTANCES="gateway=2", CRM_RATE_LIMITS="off") as started:
        yield started
