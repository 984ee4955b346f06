"""The consumer's book stays quick when it is thick."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from crm_facts import inbox

JOINED = """
select count(i.fact_id) from unnest($2::uuid[]) g(fact_id)
left join inbox i on i.consumer = $1 and i.fact_id = g.fact_id
"""


def scans(plan: dict[str, Any], table: str) -> Iterator[float]:
    """Rows that each scan of the table has read, whether they fitted or not."""
    if plan.get("Relation Name") == table:
        rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        yield rows * plan["Actual Loops"]
    for inner in plan.get("Plans", []):
        yield from scans(inner, table)


async def rows_read(connection, sql: str, *args: Any) -> float:
    plan = json.loads(await connection.fetchval(f"explain (analyze, format json) {sql}", *args))
    return sum(scans(plan[0]["Plan"], "inbox"))


@pytest.fixture
async def thick(stage):
    """The administrator's connection to a database whose consumer has handled 50,000 facts."""
    connection = await asyncpg.connect(stage.admin_url)
    await connection.execute(
        "insert into inbox (consumer, fact_id) select 'c', uuidv7() from generate_series(1, 50000)"
    )
    await connection.execute("analyze inbox")
    yield connection
    await connection.close()


async def test_a_batch_reads_its_own_rows_alone(thick) -> None:
    ids = [uuid4() for _ in range(250)]
    places = list(range(250))
    read = await rows_read(thick, inbox._ADMIT, "c", ids, [uuid4() for _ in ids], places, inbox.FORGOTTEN_AFTER)
    assert read <= 250


async def test_a_plain_join_may_read_all_that_was_ever_handled(thick) -> None:
    """The control: what the laterals are for."""
    await thick.execute("set enable_nestloop = off")
    assert await rows_read(thick, JOINED, "c", [uuid4() for _ in range(250)]) >= 50_000
