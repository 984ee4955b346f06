"""T3: whose rows a role sees, and that no table was forgotten."""

from collections.abc import Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from crm_db import Database, DatabaseDown

LIST = "select r.* from enter($1) e(w), lateral (select n.body from note n where n.workspace_id = e.w offset 0) r"

UNPROTECTED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'workspace_id'
and not (c.relrowsecurity and c.relforcerowsecurity)
"""


async def write(db: Database, workspace: UUID, body: str) -> None:
    async with db.transaction(workspace) as tx:
        await tx.execute("insert into note (workspace_id, body) values ($1, $2)", workspace, body)


async def test_each_tenanted_table_has_forced_row_security(admin: asyncpg.Connection) -> None:
    # The control stands in the database itself: a table that nobody protected.
    assert [row["relname"] for row in await admin.fetch(UNPROTECTED)] == ["forgotten"]


async def test_the_roles_can_not_get_around_it(admin: asyncpg.Connection) -> None:
    rows = await admin.fetch(
        """
        select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as may_too_much,
               exists (select from pg_class c where c.relowner = r.oid) as owns
        from pg_roles r where rolname = any('{probe_owner,probe_api,probe_worker}') order by rolname
        """
    )
    assert [(row["rolname"], row["may_too_much"], row["owns"]) for row in rows] == [
        ("probe_api", False, False),
        ("probe_owner", False, True),
        ("probe_worker", False, False),
    ]


async def test_a_read_sees_its_workspace_alone(api: Database, workspace: UUID) -> None:
    other = uuid4()
    await write(api, workspace, "ours")
    await write(api, other, "theirs")
    assert [row["body"] for row in await api.read(workspace, LIST)] == ["ours"]
    assert [row["body"] for row in await api.read(other, LIST)] == ["theirs"]


async def test_without_a_workspace_there_is_no_row(api: Database, workspace: UUID) -> None:
    await write(api, workspace, "ours")
    async with api.transaction(None) as tx:
        assert await tx.fetch("select * from note") == []
    async with api.transaction(workspace) as tx:
        assert len(await tx.fetch("select * from note")) == 1


async def test_a_row_of_another_workspace_is_refused(api: Database, workspace: UUID) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with api.transaction(uuid4()) as tx:
            await tx.execute("insert into note (workspace_id, body) values ($1, 'x')", workspace)


async def test_privileges_are_those_that_were_named(api: Database, worker: Database, workspace: UUID) -> None:
    await write(api, workspace, "kept")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with api.transaction(workspace) as tx:
            await tx.execute("delete from note")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with worker.transaction(workspace) as tx:
            await tx.execute("insert into note (workspace_id, body) values ($1, 'x')", workspace)
    async with worker.transaction(None) as tx:
        assert await tx.execute("delete from note where workspace_id = $1", workspace) == "DELETE 1"


async def test_another_service_can_not_connect(probe: Callable[[str], str], admin: asyncpg.Connection) -> None:
    await admin.execute("drop role if exists probe_stranger; create role probe_stranger login password 'x'")
    address = probe("api").partition("@")[2]
    stranger = await Database.open(f"postgres://probe_stranger:x@{address}", min_size=0)
    with pytest.raises((DatabaseDown, asyncpg.InsufficientPrivilegeError)):
        await stranger.ping()
    await stranger.close()
    await admin.execute("drop role probe_stranger")


@pytest.mark.parametrize(("end", "apart"), [("offset 0", True), ("", False)])
async def test_the_inner_select_must_stay_apart(
    probe: Callable[[str], str], workspace: UUID, end: str, apart: bool
) -> None:
    """Apart, the table is scanned for what `enter` gave, so after it. Merged into the outer query, both are compared
    with the setting, and nothing says which comes first: before `enter` the table shows nothing."""
    connection = await asyncpg.connect(probe("api"))
    await connection.execute("prepare list as " + LIST.replace("offset 0", end))
    plan = await connection.fetch(f"explain execute list('{workspace}')")
    assert any("= e.w" in row[0] for row in plan) == apart
    await connection.close()


async def test_a_read_that_does_not_enter_is_a_mistake(api: Database, workspace: UUID) -> None:
    with pytest.raises(ValueError, match="enter"):
        await api.read(workspace, "select 1 where $1::uuid is not null")
