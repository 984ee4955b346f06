"""What a process holds while it runs, opened once and closed in reverse; what has a `ping` is a readiness check."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from crm_db import Database
from crm_facts import Nats, Waker, connect
from service_name.settings import Settings

NAME = "service_name"


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    postgres: Database
    nats: Nats


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:
        postgres = await Database.open(settings.database_url)
        stack.push_async_callback(postgres.close)
        nats = await connect(settings.nats_url, NAME)
        stack.push_async_callback(nats.close)
        postgres.after_commit(Waker(nats, NAME).wake)
        yield State(settings, postgres, nats)
