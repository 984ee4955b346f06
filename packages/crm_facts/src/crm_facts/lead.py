"""One process of several does a thing: the one whose session holds the lock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

_LOCKS = 4_071_003  # first key of the advisory locks here, in the service's own database


class Sessions(Protocol):
    """`crm_db.Database`, as far as this needs it."""

    def session(self) -> AbstractAsyncContextManager[Any]: ...


@asynccontextmanager
async def leading(db: Sessions, what: str) -> AsyncIterator[Any]:
    """A session of its own that holds the lock named `what`, or None if another process has it.

    The lock ends with the session: lost with the database, and free again as soon as a process is dead.
    """
    async with db.session() as session:
        leads = await session.fetchval("select pg_try_advisory_lock($1, hashtext($2))", _LOCKS, what)
        yield session if leads else None
