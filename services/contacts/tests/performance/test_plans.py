"""What the statements cost at 100,000 people, as the service runs them: by their plans, and by the pages they touch.

Pages are counted, not milliseconds: a plan that reads the table instead of an index shows on any machine, however busy.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx2
import pytest
from conftest import Api

from contacts.people import PEOPLE
from contacts.records.listing import ListQuery, page_sql
from contacts.records.statements import statements
from crm_db import Database
from crm_resource import parse_order
from crm_resource.ordering import After
from crm_testkit import eventually
from crm_testkit.processes import Running

MANY = 100_000
FEW = 1_000
SORTS = [field.name for field in PEOPLE.fields if field.sort is not None] + ["address.city"]


@dataclass(frozen=True)
class Plan:
    text: str
    pages: int
    ms: float


@dataclass(frozen=True)
class Workspaces:
    many: uuid.UUID
    few: uuid.UUID
    database_url: str

    async def plan(self, workspace: uuid.UUID, sql: str, args: list[Any], *, custom: bool = False) -> Plan:
        """The plan that a prepared statement gets: the generic one, unless the service asks for a custom one."""
        connection = await asyncpg.connect(self.database_url)
        try:
            mode = "force_custom_plan" if custom else "force_generic_plan"
            await connection.execute(f"set plan_cache_mode = {mode}")
            await connection.fetch(sql, workspace, *args)  # pages of catalogues are read before it counts
            explained = await connection.fetchval(
                f"explain (analyze, buffers, timing off, format json) {sql}", workspace, *args
            )
        finally:
            await connection.close()
        [top] = json.loads(explained)
        node = top["Plan"]
        return Plan(explained, node["Shared Hit Blocks"] + node["Shared Read Blocks"], top["Execution Time"])

    async def plan_of(self, workspace: uuid.UUID, query: ListQuery, lane: int = 0, after: After | None = None) -> Plan:
        order = parse_order(PEOPLE.fields, query.sort)
        sql, args = page_sql(PEOPLE, PEOPLE.fields, query, order, lane, after, query.limit + 1, datetime.now(UTC))
        return await self.plan(workspace, sql, args, custom=query.filter is not None)


@pytest.fixture(scope="module")
def workspaces(contacts: Running, tokens: Any, crowd: Any, database: Any) -> Iterator[Workspaces]:
    with httpx2.Client(base_url=contacts.base_url) as client:
        many, few = Api(client, tokens.user()), Api(client, tokens.user())
        crowd(many, MANY)
        crowd(few, FEW)
        yield Workspaces(
            uuid.UUID(many.user.workspace_id), uuid.UUID(few.user.workspace_id), database("contacts").api_url
        )


@pytest.fixture(scope="module", autouse=True)
async def analysed(workspaces: Workspaces, database: Any) -> AsyncIterator[None]:
    """As autovacuum would leave it: every page marked as visible to all. A transaction of the worker may delay that."""
    admin = await asyncpg.connect(database("contacts").admin_url)

    async def vacuumed() -> bool:
        await admin.execute("vacuum analyze")
        return bool(
            await admin.fetchval("select relallvisible > 0.99 * relpages from pg_class where relname = 'contact'")
        )

    await eventually(vacuumed, within_s=90)
    await admin.close()
    yield


@pytest.mark.parametrize("sort", [sign + name for name in SORTS for sign in ("", "-")])
class TestLists:
    async def test_first_page_is_read_from_the_sorts_own_index(self, workspaces: Workspaces, sort: str) -> None:
        plan = await workspaces.plan_of(workspaces.many, ListQuery(sort=sort))
        assert '"Sort"' not in plan.text and '"Seq Scan"' not in plan.text
        assert plan.pages < 400

    async def test_deep_page_costs_what_the_first_does(self, workspaces: Workspaces, sort: str) -> None:
        order = parse_order(PEOPLE.fields, sort)
        db = await Database.open(workspaces.database_url, min_size=1)
        [row] = await db.read(
            workspaces.many,
            f"""
            select r.* from enter($1) e(w), lateral (
                select t.id::text, ({order.key})::text as key from contact t
                where t.workspace_id = e.w and {order.key} is not null order by {order.key}, t.id offset 9000 limit 1
            ) r union all select uuidv7()::text, null limit 1""",
        )
        await db.close()
        lane = 0 if row["key"] is not None else 1  # nobody has a birthday: all are among the empties
        plan = await workspaces.plan_of(workspaces.many, ListQuery(sort=sort), lane, After(lane, row["key"], row["id"]))
        assert '"Seq Scan"' not in plan.text
        assert plan.pages < 400


class TestRecord:
    async def test_is_found_by_its_key(self, workspaces: Workspaces) -> None:
        plan = await workspaces.plan(workspaces.many, statements(PEOPLE).answer, [uuid.uuid4()])
        assert "contact_pkey" in plan.text
        assert plan.pages < 10


class TestSearch:
    @pytest.mark.parametrize(
        "typed", ["a", "ad", "ada", "berg", "felb", "ada fel", "a b", "katerine", "felbrg", "504621", "zz"]
    )
    async def test_reads_a_bounded_part(self, workspaces: Workspaces, typed: str) -> None:
        plan = await workspaces.plan_of(workspaces.many, ListQuery(q=typed))
        assert '"Seq Scan"' not in plan.text
        assert plan.pages < 15_000  # two words that very many have; one word alone is held to less below

    async def test_of_a_beginning_costs_at_most_what_its_bound_does(self, workspaces: Workspaces) -> None:
        plan = await workspaces.plan_of(workspaces.many, ListQuery(q="ada"))
        assert plan.pages < 4_000


def clauses(word: str, *parts: tuple[str, str, Any]) -> Any:
    return {word: [{"field": field, "op": op, "value": value} for field, op, value in parts]}


FILTERS = {
    "nothing fits": clauses(
        "or", *[(field, "contains", "zzz") for field in ("description", "emails", "phones", "address.city", "name")]
    ),
    "few fit": clauses(
        "and", ("first_name", "contains", "ad"), ("title", "contains", "gin"), ("emails", "contains", "9@"),
        ("address.city", "contains", "o"), ("description", "contains", "offer"),
    ),
    "many fit": clauses(
        "and", ("tags", "has", "vip"), ("title", "ne", "x"), ("emails", "contains", "a"),
        ("address.city", "ne", "Bonn"),
        ("created_at", "last_days", 30),
    ),
    "as many clauses as there may be": clauses(
        "or", *[(field, "contains", f"zz{n}") for n in range(6)
              for field in ("description", "emails", "phones", "name", "title")]
    ),
}  # fmt: skip


class TestFilters:
    @pytest.mark.parametrize("name", FILTERS)
    @pytest.mark.parametrize("sort", ["-updated_at", "name"])
    async def test_read_the_table_once_at_most(self, workspaces: Workspaces, name: str, sort: str) -> None:
        plan = await workspaces.plan_of(workspaces.many, ListQuery(filter=FILTERS[name], sort=sort))
        # the table has some 10,000; a walk along the sort's index would touch 100,000, and so does, in the order of
        # the table, a look at each of a quarter of all people when a tag is the first thing that the planner asks for
        assert plan.pages < (14_000 if name != "many fit" else 110_000)
        assert plan.ms < 500

    async def test_by_tag_stop_at_the_page(self, workspaces: Workspaces) -> None:
        plan = await workspaces.plan_of(workspaces.many, ListQuery(filter=clauses("and", ("tags", "has", "vip"))))
        assert plan.pages < 2_000
