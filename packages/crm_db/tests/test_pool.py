"""The pool under load and loss: T4, D2, D3, D4, D5, D6."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from uuid import UUID, uuid4

import asyncpg
import pytest

from crm_db import Answer, Database, DatabaseBusy, DatabaseDown, Locked, OutcomeUnknown, once, savepoint
from crm_db.database import QUEUE_MAX
from crm_testkit import eventually, fault_proxy

LIST = (
    "select r.* from enter($1) e(w), lateral (select n.workspace_id from note n where n.workspace_id = e.w limit 9) r"
)
SETTING = "select coalesce(current_setting('app.workspace_id', true), '')"


async def add(db: Database, workspace: UUID, body: str = "x") -> None:
    async with db.transaction(workspace) as tx:
        await tx.execute("insert into note (workspace_id, body) values ($1, $2)", workspace, body)


async def count(db: Database, workspace: UUID) -> int:
    return len(await db.read(workspace, LIST))


class TestHygiene:
    async def test_two_tenants_never_meet_on_a_pool_of_two(self, probe: Callable[[str], str]) -> None:
        db = await Database.open(probe("api"), max_size=2)
        tenants = [uuid4(), uuid4()]
        dice = random.Random(4)  # noqa: S311
        foreign: list[UUID] = []

        async def one(workspace: UUID) -> None:
            what = dice.choice(["read", "write", "error", "cancel"])
            if what == "read":
                foreign.extend(row["workspace_id"] for row in await db.read(workspace, LIST) if row[0] != workspace)
                return
            async with db.transaction(workspace) as tx:
                if what == "error":
                    await tx.execute("select 1 / 0")
                if what == "cancel":
                    await tx.execute("select pg_sleep(5)")
                await tx.execute("insert into note (workspace_id, body) values ($1, 'x')", workspace)
                foreign.extend(r[0] for r in await tx.fetch("select workspace_id from note") if r[0] != workspace)

        async def impatient(workspace: UUID) -> None:
            try:
                async with asyncio.timeout(0.05 + dice.random() / 5):
                    await one(workspace)
            except (asyncpg.DivisionByZeroError, TimeoutError, DatabaseBusy):
                return

        for _ in range(10):
            await asyncio.gather(*(impatient(tenant) for tenant in tenants for _ in range(20)))
        assert foreign == []
        assert [await count(db, tenant) > 0 for tenant in tenants] == [True, True]
        async with db.transaction(None) as a, db.transaction(None) as b:
            assert [await a.fetchval(SETTING), await b.fetchval(SETTING)] == ["", ""]
        await db.close()

    async def test_a_setting_that_outlives_its_transaction_would_be_seen(self, probe: Callable[[str], str]) -> None:
        db = await Database.open(probe("api"), max_size=1)
        async with db.transaction(uuid4()) as tx:
            await tx.execute("select set_config('app.workspace_id', 'left behind', false)")
        async with db.transaction(None) as tx:
            assert await tx.fetchval(SETTING) == "left behind"
        await db.close()

    async def test_custom_plans_have_sessions_of_their_own(self, api: Database, workspace: UUID) -> None:
        sql = "select current_setting('plan_cache_mode') from enter($1)"
        assert (await api.read(workspace, sql))[0][0] == "auto"
        assert (await api.read(workspace, sql, custom_plan=True))[0][0] == "force_custom_plan"
        assert (await api.read(workspace, sql))[0][0] == "auto"


class TestLimits:
    async def test_a_full_pool_is_told_after_two_seconds_and_recovers(
        self, probe: Callable[[str], str], workspace: UUID
    ) -> None:
        db = await Database.open(probe("api"), max_size=2)
        release = asyncio.Event()

        async def hold() -> None:
            async with db.transaction(workspace):
                await release.wait()

        holders = [asyncio.create_task(hold()) for _ in range(2)]
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(DatabaseBusy) as busy:
            await count(db, workspace)
        assert 1.8 <= time.monotonic() - began <= 2.2
        assert (busy.value.status, busy.value.retry_after_s) == (503, 1)
        release.set()
        await asyncio.gather(*holders)
        assert await count(db, workspace) == 0
        await db.close()

    async def test_a_long_queue_is_refused_at_once(self, probe: Callable[[str], str], workspace: UUID) -> None:
        db = await Database.open(probe("api"), max_size=1)
        async with db.transaction(workspace):
            waiting = [asyncio.create_task(count(db, workspace)) for _ in range(QUEUE_MAX)]
            await asyncio.sleep(0)
            began = time.monotonic()
            with pytest.raises(DatabaseBusy):
                await count(db, workspace)
            assert time.monotonic() - began < 0.2
        assert await asyncio.gather(*waiting) == [0] * QUEUE_MAX
        await db.close()

    async def test_a_statement_over_its_limit_is_busy(self, probe: Callable[[str], str], workspace: UUID) -> None:
        db = await Database.open(probe("api"))
        with pytest.raises(DatabaseBusy):
            async with db.transaction(workspace) as tx:
                await tx.execute("set local statement_timeout = '50ms'")
                await tx.execute("select pg_sleep(5)")
        assert await count(db, workspace) == 0
        await db.close()

    async def test_limits_stand_on_the_roles(self, api: Database, worker: Database) -> None:
        for db, expected in [(api, ["5s", "2s", "10s"]), (worker, ["1min", "2s", "1min"])]:
            async with db.transaction(None) as tx:
                names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
                assert [await tx.fetchval("select current_setting($1)", name) for name in names] == expected

    async def test_a_locked_row_is_a_conflict(self, api: Database, workspace: UUID) -> None:
        await add(api, workspace)
        async with api.transaction(workspace) as tx:
            await tx.execute("select * from note for update")
            began = time.monotonic()
            with pytest.raises(Locked) as locked:
                async with api.transaction(workspace) as other:
                    await other.execute("update note set body = 'y'")
            assert 1.8 <= time.monotonic() - began <= 2.5
        assert locked.value.status == 409


class TestConflicts:
    async def test_a_deadlock_is_tried_again(self, api: Database, workspace: UUID) -> None:
        await add(api, workspace, "a")
        await add(api, workspace, "b")
        both_hold = asyncio.Barrier(2)
        tries = []

        async def swap(first: str, second: str) -> None:
            async def act(tx: asyncpg.Connection) -> None:
                tries.append(first)
                await tx.execute("update note set body = body where body = $1", first)
                if len(tries) <= 2:
                    await both_hold.wait()
                await tx.execute("update note set body = body where body = $1", second)

            await api.retrying(workspace, act)

        await asyncio.gather(swap("a", "b"), swap("b", "a"))
        assert len(tries) == 3

    async def test_after_three_tries_it_is_a_conflict(self, api: Database, workspace: UUID) -> None:
        tries = []

        async def act(tx: asyncpg.Connection) -> None:
            tries.append(1)
            await tx.execute("do $$ begin raise exception 'no luck' using errcode = '40001'; end $$")

        with pytest.raises(Locked):
            await api.retrying(workspace, act)
        assert len(tries) == 3

    async def test_a_swallowed_error_does_not_pass_for_a_commit(self, api: Database, workspace: UUID) -> None:
        with pytest.raises(RuntimeError, match="swallowed"):
            async with api.transaction(workspace) as tx:
                with suppress(asyncpg.DivisionByZeroError):
                    await tx.execute("select 1 / 0")

    async def test_a_savepoint_undoes_its_part_alone(self, api: Database, workspace: UUID) -> None:
        async with api.transaction(workspace) as tx:
            await tx.execute("insert into note (workspace_id, body) values ($1, 'kept')", workspace)
            with pytest.raises(asyncpg.DivisionByZeroError):
                async with savepoint(tx):
                    await tx.execute("insert into note (workspace_id, body) values ($1, 'undone')", workspace)
                    await tx.execute("select 1 / 0")
        assert await count(api, workspace) == 1

    async def test_what_a_caller_raises_passes_unchanged(self, api: Database, workspace: UUID) -> None:
        for mine in (TimeoutError("mine"), ConnectionRefusedError("another server"), KeyError("x")):
            with pytest.raises(type(mine)) as raised:
                async with api.transaction(workspace):
                    raise mine
            assert raised.value is mine


class TestLoss:
    async def test_a_process_may_start_before_postgres(self, probe: Callable[[str], str], workspace: UUID) -> None:
        async with fault_proxy(probe("api")) as proxy:
            proxy.accepts = False
            db = await Database.open(proxy.url)
            with pytest.raises(DatabaseDown) as down:
                await count(db, workspace)
            assert (down.value.status, down.value.outcome) == (503, None)
            proxy.accepts = True
            await eventually(lambda: _answers(db))
            await db.close()

    async def test_ended_sessions_are_replaced(self, api: Database, admin: asyncpg.Connection, workspace: UUID) -> None:
        await add(api, workspace)
        for _ in range(3):
            await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'probe_api'")
            await eventually(lambda: _answers(api))
        assert await count(api, workspace) == 1

    @pytest.mark.parametrize("where", ["cut_before", "cut_after"])
    async def test_a_read_whose_connection_is_lost_is_repeated(
        self, probe: Callable[[str], str], api: Database, workspace: UUID, where: str
    ) -> None:
        await add(api, workspace)
        async with fault_proxy(probe("api")) as proxy:
            db = await Database.open(proxy.url)
            setattr(proxy, where, b"lateral (select n.workspace_id")
            assert await count(db, workspace) == 1
            assert proxy.struck.is_set()
            await db.close()

    @pytest.mark.parametrize(("where", "kept"), [("cut_before", 0), ("cut_after", 1)])
    async def test_a_connection_lost_in_commit_leaves_the_outcome_unknown(
        self, probe: Callable[[str], str], api: Database, workspace: UUID, where: str, kept: int
    ) -> None:
        async with fault_proxy(probe("api")) as proxy:
            db = await Database.open(proxy.url)
            setattr(proxy, where, b"commit")
            with pytest.raises(OutcomeUnknown) as unknown:
                await add(db, workspace)
            assert (unknown.value.status, unknown.value.outcome) == (503, "unknown")
            assert await count(api, workspace) == kept
            await add(db, workspace)
            await db.close()

    async def test_a_connection_lost_before_commit_means_that_nothing_happened(
        self, probe: Callable[[str], str], api: Database, workspace: UUID
    ) -> None:
        async with fault_proxy(probe("api")) as proxy:
            db = await Database.open(proxy.url)
            proxy.cut_after = b"insert into note"
            with pytest.raises(DatabaseDown) as down:
                await add(db, workspace)
            assert (type(down.value), down.value.outcome) == (DatabaseDown, None)
            assert await count(api, workspace) == 0
            await db.close()

    @pytest.mark.parametrize(("key", "rows"), [("k", 1), (None, 2)])
    async def test_a_change_repeated_with_its_key_is_made_once(
        self, probe: Callable[[str], str], api: Database, caller: SimpleNamespace, key: str | None, rows: int
    ) -> None:
        """D6; the control is the same without a key."""
        async with fault_proxy(probe("api")) as proxy:
            db = await Database.open(proxy.url)

            async def create() -> Answer:
                async with db.transaction(caller.workspace_id) as tx:

                    async def act() -> Answer:
                        id = await tx.fetchval(
                            "insert into note (workspace_id, body) values ($1, 'x') returning id", caller.workspace_id
                        )
                        return Answer(201, str(id).encode())

                    return await once(tx, caller, key, "POST", "/notes", b"hash", act)

            proxy.cut_after = b"commit"
            with pytest.raises(OutcomeUnknown):
                await create()
            answer = await create()
            assert await count(api, caller.workspace_id) == rows
            async with api.transaction(caller.workspace_id) as tx:
                ids = [str(row["id"]).encode() for row in await tx.fetch("select id from note order by id")]
            assert answer.body == ids[-1]
            await db.close()


async def _answers(db: Database) -> bool:
    await db.ping()
    return True
