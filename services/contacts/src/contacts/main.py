"""Contacts: which features, which resources, which background work. Read this first."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import crm_db
import crm_facts
from crm_cache import Cache, Valkey
from crm_db import Database
from crm_db.migrate import MigrateSettings
from crm_db.migrate import run as migrate_database
from crm_facts.broker import connect
from crm_facts.relay import Relay
from crm_service import ServiceApp, ServiceClient, create_app, load_settings, run

from contacts.companies import COMPANIES
from contacts.companies import routes as companies
from contacts.imports import routes as imports
from contacts.imports import work as imports_work
from contacts.jobs import worker as jobs_worker
from contacts.people import PEOPLE
from contacts.people import routes as people
from contacts.records.http import schemas
from contacts.settings import Settings
from contacts.state import State

NAME = "contacts"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
EXTENSIONS = ("unaccent", "pg_trgm", "btree_gin")
FEATURES = [people, companies, imports]
JOBS = {**imports_work.HANDLERS}


def app(settings: Settings) -> ServiceApp:
    return create_app(
        name=NAME,
        title="Contacts",
        settings=settings,
        features=FEATURES,
        resources=resources,
        schemas=schemas(PEOPLE) | schemas(COMPANIES),
    )


@asynccontextmanager
async def resources(settings: Settings) -> AsyncIterator[State]:
    """What lives as long as the process; closed in the opposite order."""
    async with AsyncExitStack() as stack:
        postgres = await Database.open(settings.database_url)
        stack.push_async_callback(postgres.close)
        nats = await connect(settings.nats_url, NAME)
        stack.push_async_callback(nats.close)
        valkey = await Valkey.open(settings.valkey_url)
        stack.push_async_callback(valkey.close)
        identity = await stack.enter_async_context(
            ServiceClient(settings.crm_identity_url, settings.crm_internal_key, NAME)
        )
        yield State(settings, postgres, nats, valkey, Cache(valkey, name=NAME), identity)


async def relay(state: State) -> None:
    """Sends the facts that were written, in the order of their commits."""
    await Relay(state.postgres, state.nats, NAME).run()


async def jobs(state: State) -> None:
    """Checks and runs imports, and whatever else outlives its request."""
    await jobs_worker.run(state, JOBS)


def migrate(environ: Mapping[str, str]) -> None:
    folders = [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, MIGRATIONS]
    migrate_database(NAME, folders, load_settings(MigrateSettings, environ), extensions=EXTENSIONS)


main = run(NAME, app, settings=Settings, resources=resources, worker=[relay, jobs], migrate=migrate)
