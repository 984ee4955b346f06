"""What a store function is handed: a connection inside a transaction that somebody else begins and ends."""

from typing import TypeAlias

import asyncpg

Tx: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
