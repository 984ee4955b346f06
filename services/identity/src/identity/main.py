"""identity: which features, which resources, which tasks and commands. Read this first."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import crm_db
import crm_facts
from crm_db import migrate as migrations
from crm_service import ServiceApp, create_app, load_settings, run
from crm_service.settings import SettingsError
from identity import admin, auth, commands, settings, setup
from identity.api_tokens import routes as api_tokens
from identity.internal import routes as internal
from identity.invitations import routes as invitations
from identity.mail.outbox_page import outbox
from identity.me import routes as me
from identity.members import routes as members
from identity.settings import Settings
from identity.state import State, open_state
from identity.worker import NAME, TASKS
from identity.workspaces import routes as workspaces

FEATURES = [auth, admin, me, workspaces, members, invitations, api_tokens, internal]
MIGRATIONS = [crm_db.MIGRATIONS, crm_facts.MIGRATIONS, Path(__file__).parents[2] / "migrations"]


def app(given: Settings) -> ServiceApp:
    return create_app(
        name=NAME,
        title="Identity",
        settings=given,
        features=FEATURES,
        resources=_resources,
        key_set=_own_keys,
        operator_routes=[outbox],
    )


@asynccontextmanager
async def _resources(given: Settings) -> AsyncIterator[State]:
    async with open_state(given) as state:
        await setup.announce(state)
        yield state


def _own_keys(state: State) -> Callable[[], Awaitable[bytes]]:
    return state.ring.key_set


def migrate(environ: Mapping[str, str]) -> None:
    migrations.run(NAME, MIGRATIONS, load_settings(migrations.MigrateSettings, environ))


_run = run(
    NAME,
    app,
    settings=Settings,
    resources=open_state,
    worker=TASKS,
    migrate=migrate,
    commands={"keys": commands.keys, "machine-tokens": commands.machine_tokens},
)


def main() -> None:
    """Settings that contradict each other, and upstream's names for them, are ours to judge before anything starts."""
    if sys.argv[1:2] in (["serve"], ["work"]):
        try:
            os.environ.update(settings.checked(os.environ))
            for sentence in settings.warnings(load_settings(Settings, os.environ)):
                print(f"{NAME}: {sentence}", file=sys.stderr)
        except SettingsError as error:
            print(f"{NAME}: {error}", file=sys.stderr)
            sys.exit(2)
    _run()
