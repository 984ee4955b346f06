"""One installation for the tests that only use it; those that stop or kill it start their own."""

from collections.abc import Iterator

import pytest

from crm_testkit import Installation, installation


@pytest.fixture(scope="session")
def running() -> Iterator[Installation]:
    with installation(CRM_INSTANCES="gateway=2", CRM_RATE_LIMITS="off") as started:
        yield started
