"""What a store function is handed: a connection inside a transaction that somebody else begins and ends."""

from typing import TypeAlias

import asyncpg

import crm_db

Tx: TypeAlias = crm_db.Transaction


def returned(row: asyncpg.Record | None) -> asyncpg.Record:
    """The row of an `insert` or `update ... returning`, which there is unless the caller did not lock it first."""
    if row is None:
        raise LookupError("a row that was locked is gone")
    return row
