"""What a process of contacts holds open while it runs; each member with a `ping` is a readiness check."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from contacts.settings import Settings
from crm_cache import Cache, Valkey
from crm_db import Database, OutcomeUnknown, Transaction
from crm_facts.broker import Nats
from crm_service import ServiceClient


@dataclass(frozen=True, slots=True)
class State:
    settings: Settings
    postgres: Database
    nats: Nats
    valkey: Valkey
    cache: Cache
    identity: ServiceClient

    @asynccontextmanager
    async def change(self, workspace_id: UUID) -> AsyncIterator[Transaction]:
        """One transaction; after its commit nobody is answered with what was cached before it."""
        try:
            async with self.postgres.transaction(workspace_id) as tx:
                yield tx
        except OutcomeUnknown:
            await self.cache.bump(workspace_id)  # it may have been committed
            raise
        await self.cache.bump(workspace_id)
