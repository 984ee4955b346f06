"""What a process holds while it runs, opened once and closed in reverse; what has a `ping` is a readiness check."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from crm_cache import Cache, Valkey
from crm_db import Database, OutcomeUnknown, Transaction
from crm_facts import Nats, Waker, connect
from crm_service import ServiceClient
from events.settings import Settings

T = TypeVar("T")

NAME = "events"


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    postgres: Database
    nats: Nats
    valkey: Valkey
    cache: Cache
    contacts: ServiceClient
    identity: ServiceClient

    async def change(self, workspace_id: UUID, act: Callable[[Transaction], Awaitable[T]]) -> T:
        """`act` in one transaction; after its commit nobody is answered with what was cached before it."""
        try:
            result = await self.postgres.retrying(workspace_id, act)
        except OutcomeUnknown:
            await self.cache.bump(workspace_id)  # it may have been committed
            raise
        await self.cache.bump(workspace_id)
        return result


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    async with AsyncExitStack() as stack:

        def client(urls: str) -> ServiceClient:
            opened = ServiceClient(urls, settings.crm_internal_key, NAME)
            stack.push_async_callback(opened.close)
            return opened

        postgres = await Database.open(settings.database_url)
        stack.push_async_callback(postgres.close)
        nats = await connect(settings.nats_url, NAME)
        stack.push_async_callback(nats.close)
        valkey = await Valkey.open(settings.valkey_url)
        stack.push_async_callback(valkey.close)
        postgres.after_commit(Waker(nats, NAME).wake)
        yield State(
            settings=settings,
            postgres=postgres,
            nats=nats,
            valkey=valkey,
            cache=Cache(valkey, name=NAME),
            contacts=client(settings.crm_contacts_url),
            identity=client(settings.crm_identity_url),
        )
