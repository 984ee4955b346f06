"""Contacts: which features, which resources, which background work. Read this first."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import crm_db
import crm_facts
from contacts.activity.consumers import Activity
from contacts.bulk import actions as bulk_actions
from contacts.bulk import routes as bulk
from contacts.companies import COMPANIES
from contacts.companies import routes as companies
from contacts.custom_fields import routes as custom_fields
from contacts.exports import routes as exports
from contacts.favourites import routes as favourites
from contacts.history import actions as history_actions
from contacts.history import routes as history
from contacts.imports import routes as imports
from contacts.imports import work as imports_work
from contacts.jobs import worker as jobs_worker
from contacts.people import PEOPLE
from contacts.people import routes as people
from contacts.records import erasure
from contacts.records.http import schemas
from contacts.search import routes as search
from contacts.search import work as search_work
from contacts.settings import Settings
from contacts.state import State
from contacts.tags import routes as tags
from contacts.views import routes as views
from crm_cache import Cache, Valkey
from crm_db import Database
from crm_db.migrate import MigrateSettings
from crm_db.migrate import run as migrate_database
from crm_facts import Relay, Waker, connect, parked_command
from crm_service import ServiceApp, ServiceClient, create_app, load_settings, run

NAME = "contacts"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
EXTENSIONS = ("unaccent", "pg_trgm", "btree_gin")
FEATURES = [search, people, companies, bulk, tags, custom_fields, views, favourites, history, imports, exports]
JOBS = {**bulk_actions.HANDLERS, **history_actions.HANDLERS, **erasure.HANDLERS, **imports_work.HANDLERS}


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
        postgres.after_commit(Waker(nats, NAME).wake)
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
    """Imports, large bulk changes and undos: whatever outlives its request."""
    await jobs_worker.run(state, JOBS)


async def activity(state: State) -> None:
    """Hears what happened with people."""
    await Activity(state).run()


async def idempotency(state: State) -> None:
    """Removes kept answers that are past their day."""
    while True:
        await crm_db.idempotency.sweep(state.postgres)
        await asyncio.sleep(3600)


def parked(arguments: Sequence[str]) -> int:
    """`python -m contacts parked list|replay <id>`, in the worker's environment."""

    async def act() -> int:
        async with resources(load_settings(Settings, os.environ)) as state:
            return await parked_command(state.postgres, [Activity(state).consumer], arguments)

    return asyncio.run(act())


def migrate(environ: Mapping[str, str]) -> None:
    folders = [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, MIGRATIONS]
    migrate_database(NAME, folders, load_settings(MigrateSettings, environ), extensions=EXTENSIONS)


main = run(
    NAME,
    app,
    settings=Settings,
    resources=resources,
    worker=[relay, jobs, activity, search_work.learn_words, idempotency],
    migrate=migrate,
    commands={"parked": parked},
)
