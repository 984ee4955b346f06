"""The service as a table of contents: read this first."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import crm_db
import crm_facts
from crm_db import migrate as migrations
from crm_service import ServiceApp, create_app, load_settings, run
from service_name import service_name
from service_name.settings import Settings
from service_name.state import NAME, State, open_state

MIGRATIONS = Path(__file__).parents[2] / "migrations"
SWEEP_EVERY_S = 3600


def app(settings: Settings) -> ServiceApp:
    return create_app(name=NAME, title="ServiceName", settings=settings, features=[service_name], resources=open_state)


async def relay(state: State) -> None:
    """Sends the facts that were written, in the order of their commits."""
    await crm_facts.Relay(state.postgres, state.nats, NAME).run()


async def idempotency(state: State) -> None:
    """Removes kept answers that are past their day."""
    while True:
        await crm_db.idempotency.sweep(state.postgres)
        await asyncio.sleep(SWEEP_EVERY_S)


def migrate(environ: Mapping[str, str]) -> None:
    settings = load_settings(migrations.MigrateSettings, environ)
    migrations.run(NAME, [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, MIGRATIONS], settings)


main = run(NAME, app, settings=Settings, resources=open_state, worker=[relay, idempotency], migrate=migrate)
