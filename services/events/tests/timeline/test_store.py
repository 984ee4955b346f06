"""What keeping a fact costs: the same in a workspace with a long history as in one with none."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from support import fact

import crm_db
from crm_db import Transaction
from crm_facts.fact import decode
from crm_testkit import Database
from events.timeline.consumers import keep_all

LONG = 2_000
HISTORY = """
insert into timeline_fact (workspace_id, id, at, kind, verb, noun, record_id, version, subjects, changes)
select $1, uuidv7(), now(), 'change', 'contact.changed', 'contact', r, 1, array[r], '[]'
from generate_series(1, $2), lateral (select uuidv7() as r) s
"""
READ = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'timeline_fact'"


@pytest_asyncio.fixture
async def worker(events_database: Database) -> AsyncIterator[crm_db.Database]:
    database = await crm_db.Database.open(events_database.worker_url, min_size=1, max_size=1)
    yield database
    await database.close()


async def rows_read(tx: Transaction, workspace_id: UUID) -> int:
    told: dict[str, Any] = fact(str(workspace_id), str(uuid4()), 1, "created", first_name="Grace")
    before = await tx.fetchval(READ)
    await keep_all(tx, [decode(json.dumps(told).encode())])
    return int(await tx.fetchval(READ) - before)


# A table of the dozen rows that the test itself writes may be read whole; a long history may not.
@pytest.mark.parametrize(("history", "most"), [(0, 30), (LONG, 5)])
async def test_a_fact_reads_its_own_rows_alone(
    worker: crm_db.Database, events_database: Database, history: int, most: int
) -> None:
    workspace_id = uuid4()
    async with worker.transaction(workspace_id) as tx:
        await tx.execute(HISTORY, workspace_id, history)
    await analyse(events_database)
    async with worker.transaction(workspace_id) as tx:
        # more often than Postgres plans a prepared statement for its arguments: then it takes one plan for all
        read = [await rows_read(tx, workspace_id) for _ in range(12)]
    assert max(read) <= most


async def analyse(database: Database) -> None:
    """As autovacuum would, so that the plan does not hang on what other tests have left behind."""
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("analyze timeline_fact")
    await admin.close()
