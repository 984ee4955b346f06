"""The service as a table of contents: read this first."""

from collections.abc import Mapping
from pathlib import Path

import crm_db
import crm_facts
from crm_db import migrate as migrations
from crm_service import ServiceApp, create_app, load_settings, run
from events import commands, events, history, timeline, worker
from events.settings import Settings
from events.state import NAME, open_state

MIGRATIONS = Path(__file__).parents[2] / "migrations"
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")


def app(settings: Settings) -> ServiceApp:
    return create_app(
        name=NAME,
        title="Events",
        settings=settings,
        features=[events, timeline, history],
        resources=open_state,
    )


def migrate(environ: Mapping[str, str]) -> None:
    settings = load_settings(migrations.MigrateSettings, environ)
    migrations.run(NAME, [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, MIGRATIONS], settings, extensions=EXTENSIONS)


main = run(
    NAME,
    app,
    settings=Settings,
    resources=open_state,
    worker=worker.TASKS,
    migrate=migrate,
    commands={"rebuild": commands.rebuild, "parked": commands.parked},
)
