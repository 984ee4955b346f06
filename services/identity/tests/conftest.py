"""A real identity process on real servers; spoken to by the unmodified client, and raw where the form is the point."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx2
import pytest
from support import PUBLIC_URL, Api, Outbox, Team

from crm_testkit.databases import Database
from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running, Starter


@pytest.fixture(scope="session")
def identity(start_service: Starter) -> Running:
    """Autoconfirm, as without SMTP; no pause between mails, so that a test can ask twice."""
    return start_service(
        "identity", "serve", CRM_PUBLIC_URL=PUBLIC_URL, CRM_AUTH_MAIL_INTERVAL_S="0", CRM_AUTH_ANONYMOUS="true"
    )


@pytest.fixture(scope="session")
def unconfirmed(start_service: Starter) -> Running:
    """Addresses wait for their confirmation. No SMTP server is there: mails stay queued, where tests read them."""
    return start_service(
        "identity",
        "serve",
        CRM_PUBLIC_URL=PUBLIC_URL,
        CRM_AUTH_MAIL_INTERVAL_S="0",
        SMTP_URL="smtp://127.0.0.1:1",
        CRM_AUTH_REDIRECTS="https://app.example.org/**",
    )


@pytest.fixture
def api(identity: Running) -> Iterator[Api]:
    with Api.of(identity) as api:
        yield api


@pytest.fixture
def strict(unconfirmed: Running) -> Iterator[Api]:
    with Api.of(unconfirmed) as api:
        yield api


@pytest.fixture
def outbox(identity: Running) -> Outbox:
    return Outbox(identity.metrics_url)


@pytest.fixture
def strict_outbox(unconfirmed: Running) -> Outbox:
    return Outbox(unconfirmed.metrics_url)


@pytest.fixture
def new_email() -> Callable[[], str]:
    return lambda: f"ada.{uuid.uuid4().hex[:12]}@example.org"


@pytest.fixture
def gateway(identity: Running) -> Iterator[httpx2.Client]:
    """Calls as the gateway makes them, without a user."""
    with httpx2.Client(base_url=identity.base_url, headers=internal_headers()) as client:
        yield client


@pytest.fixture
def admin_query(database: Callable[[str], Database]) -> Callable[..., list[dict[str, Any]]]:
    """SQL past every policy, to set up what takes days, and to look at what no API shows."""

    def ask(sql: str, *arguments: object) -> list[dict[str, Any]]:
        async def run() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(database("identity").admin_url)
            try:
                return [dict(row) for row in await connection.fetch(sql, *arguments)]
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, run()).result()

    return ask


@pytest.fixture
def team(identity: Running, api: Api, new_email: Callable[[], str]) -> Callable[..., Team]:
    """`team("Ada")`: somebody new, owner of a workspace of their own."""
    return lambda name="Ada": Team(identity, api.sign_up(new_email(), name=name))
