"""identity: which features, which resources, which tasks. Read this first."""

from pathlib import Path

import crm_db
import crm_facts
from crm_db import migrate
from crm_service.app import ServiceApp, create_app
from crm_service.run import run
from crm_service.settings import load_settings

from identity import auth, internal, workspaces
from identity.settings import Settings
from identity.state import State, open_state

FEATURES = [auth, workspaces, internal]
MIGRATIONS = [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, Path(__file__).parents[2] / "migrations"]


def app(settings: Settings) -> ServiceApp:
    return create_app(
        name="identity",
        title="identity",
        settings=settings,
        features=FEATURES,
        resources=open_state,
        key_set=_own_keys,
    )


def _own_keys(state: State):  # type: ignore[no-untyped-def]
    return state.ring.key_set


def bring_up_to_date(environ: dict[str, str]) -> None:
    migrate.run("identity", MIGRATIONS, load_settings(migrate.MigrateSettings, environ))


main = run("identity", app, settings=Settings, resources=open_state, worker=[], migrate=bring_up_to_date)
