"""The fixtures, loaded by pytest wherever crm_testkit is installed. All live as long as the test session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_testkit import databases, processes
from crm_testkit import own_nats as own_nats_module
from crm_testkit import own_valkey as own_valkey_module
from crm_testkit import servers as servers_module
from crm_testkit import tokens as tokens_module
from crm_testkit.databases import Database
from crm_testkit.own_nats import OwnNats
from crm_testkit.own_valkey import OwnValkey
from crm_testkit.processes import Starter
from crm_testkit.servers import Servers
from crm_testkit.tokens import Tokens


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Real Postgres, NATS and Valkey; the latter two with a part that only this worker uses."""
    with servers_module.servers() as running:
        yield running


@pytest.fixture(scope="session")
def database(servers: Servers) -> Callable[[str], Database]:
    """`database("contacts")`: the service's migrated database of this worker, the same at each call."""
    made: dict[str, Database] = {}

    def of(service: str) -> Database:
        if service not in made:
            made[service] = databases.clone(servers, service)
        return made[service]

    return of


@pytest.fixture
def fresh_database(servers: Servers) -> Callable[[str], Database]:
    """`fresh_database("contacts")`: a migrated one that no other test has written to; a new one at each call."""
    return lambda service: databases.clone(servers, service)


@pytest.fixture(scope="session")
def tokens() -> Iterator[Tokens]:
    """An issuer with a key set: `tokens.user("Ada")` is somebody who is signed in."""
    with tokens_module.issuer() as issuer:
        yield issuer


@pytest.fixture(scope="session")
def start_service(
    servers: Servers, tokens: Tokens, database: Callable[[str], Database], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Starter]:
    """`start_service("contacts", "serve")`: a real process, ready when it returns."""
    with processes.starter(servers, tokens, database, tmp_path_factory.mktemp("logs")) as start:
        yield start


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    """A Valkey that one test may kill and freeze."""
    with own_valkey_module.own_valkey(tmp_path) as server:
        yield server


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[OwnNats]:
    """A NATS that one test may kill, freeze and rob of its stream."""
    with own_nats_module.own_nats(tmp_path) as server:
        yield server
