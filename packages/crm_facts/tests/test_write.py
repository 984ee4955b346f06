"""What one transaction writes, and who may change it afterwards."""

import json
from uuid import UUID, uuid4

import asyncpg
import pytest

from crm_facts import Change, FactTooLarge, append, begin, claim_undo, erase, finish, state, write

UNPROTECTED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attname = 'workspace_id'
and not (c.relrowsecurity and c.relforcerowsecurity)
"""


async def test_a_change_and_its_fact_are_written_in_order(stage, caller) -> None:
    record = uuid4()
    changes = [
        Change("contact", record, version, "changed", {"n": version - 1}, {"n": version}) for version in (1, 2, 3)
    ]
    operation_id = await stage.write(caller, *changes)
    rows = await stage.rows(
        "select c.*, o.type, o.lane from change c join outbox o on o.id = c.fact_id order by c.fact_id"
    )
    assert [(row["version"], row["operation_id"], row["type"], row["lane"]) for row in rows] == [
        (version, operation_id, "contact.changed", "interactive") for version in (1, 2, 3)
    ]
    assert [json.loads(row["after"]) for row in rows] == [{"n": 1}, {"n": 2}, {"n": 3}]


async def test_writing_a_change_is_planned_once(stage, caller) -> None:
    async with stage.api.transaction(caller.workspace_id) as tx:
        operation_id = await begin(tx, caller, kind="edit", summary="a test")
        for version in range(1, 21):
            await append(tx, caller.workspace_id, operation_id, [Change("contact", uuid4(), version, "changed")])
        plans = await tx.fetchrow("select * from pg_prepared_statements where statement = $1", write._APPEND)
    assert plans["generic_plans"] >= 15, "Postgres plans for the arguments five times, then compares"


async def test_an_operation_keeps_who_where_and_why(stage, caller) -> None:
    operation_id = uuid4()
    async with stage.api.transaction(caller.workspace_id) as tx:
        await begin(tx, caller, kind="import", summary="us-500.csv", status="running", id=operation_id)
        await finish(tx, operation_id, counts={"created": 500})
    [row] = await stage.rows("select * from operation")
    assert (row["id"], row["actor_id"], row["actor_name"], row["ip"]) == (
        operation_id,
        caller.user_id,
        "Ada Lovelace",
        "192.0.2.7",
    )
    assert (row["status"], row["counts"], row["traceparent"]) == ("done", '{"created":500}', caller.traceparent)


async def test_an_operation_is_undone_once(stage, caller) -> None:
    operation_id = await stage.write(caller, Change("contact", uuid4(), 1, "created"))
    async with stage.api.transaction(caller.workspace_id) as tx:
        assert await claim_undo(tx, operation_id, uuid4())
        assert not await claim_undo(tx, operation_id, uuid4())


async def test_the_same_version_is_not_written_twice(stage, caller) -> None:
    record = await stage.create(caller)
    with pytest.raises(asyncpg.UniqueViolationError):
        await stage.create(caller, record)
    assert await stage.unsent() == 1


class TestLanes:
    async def lanes(self, stage, record: UUID) -> list[str]:
        rows = await stage.rows(
            "select o.lane from change c join outbox o on o.id = c.fact_id where c.record_id = $1 order by c.version",
            record,
        )
        return [row["lane"] for row in rows]

    async def test_a_fact_waits_behind_an_earlier_one_of_its_record(self, stage, caller) -> None:
        record = await stage.create(caller, lane="bulk")
        await stage.write(caller, Change("contact", record, 2, "changed"), Change("contact", record, 3, "changed"))
        await stage.write(caller, Change("contact", record, 4, "changed"))
        assert await self.lanes(stage, record) == ["bulk"] * 4

    async def test_others_do_not_wait(self, stage, caller) -> None:
        await stage.create(caller, lane="bulk")
        assert await self.lanes(stage, await stage.create(caller)) == ["interactive"]

    async def test_nor_does_it_once_the_earlier_one_was_sent(self, stage, caller) -> None:
        record = await stage.create(caller, lane="bulk")
        async with stage.worker.transaction(None) as tx:
            await tx.execute("update outbox set published_at = now(), broker_seq = 1")
        await stage.write(caller, Change("contact", record, 2, "changed"))
        assert await self.lanes(stage, record) == ["bulk", "interactive"]


class TestSize:
    @pytest.mark.parametrize("character", ["a", "é", "\N{GRINNING FACE}"])
    async def test_what_the_broker_would_not_take_is_refused_before_commit(self, stage, caller, character: str) -> None:
        text = character * (1_048_576 // len(character.encode()))
        with pytest.raises(FactTooLarge) as refused:
            await stage.write(caller, Change("contact", uuid4(), 1, "created", {}, {"description": text}))
        assert refused.value.status == 413
        assert await stage.value("select count(*) from change") == 0

    async def test_a_stated_fact_has_the_same_limit(self, stage, caller) -> None:
        with pytest.raises(FactTooLarge):
            async with stage.api.transaction(None) as tx:
                await state(tx, "user.changed", "u", {"name": "x" * 1_048_576})


class TestStatedFacts:
    async def test_it_may_belong_to_no_workspace(self, stage) -> None:
        async with stage.api.transaction(None) as tx:
            await state(tx, "session.ended", "s1", {"session_id": "s1"})
        [row] = await stage.rows("select workspace_id, type, body from outbox")
        assert (row["workspace_id"], row["type"]) == (None, "session.ended")
        assert json.loads(row["body"])["data"] == {"session_id": "s1"}

    async def test_or_to_that_of_the_transaction_alone(self, stage, caller, another_caller) -> None:
        async with stage.api.transaction(caller.workspace_id) as tx:
            await state(tx, "workspace.changed", "w", {"workspace_id": str(caller.workspace_id)})
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with stage.api.transaction(another_caller.workspace_id) as tx:
                await state(tx, "workspace.changed", "w", {"workspace_id": str(caller.workspace_id)})


class TestWhoMayChangeTheLog:
    async def test_each_tenanted_table_is_protected(self, stage) -> None:
        admin = await asyncpg.connect(stage.admin_url)
        assert await admin.fetch(UNPROTECTED) == []
        await admin.execute("alter table change no force row level security")
        assert [row["relname"] for row in await admin.fetch(UNPROTECTED)] == ["change"]
        await admin.execute("alter table change force row level security")
        await admin.close()

    @pytest.mark.parametrize("role", ["api", "worker"])
    @pytest.mark.parametrize(
        "sql",
        [
            "update change set after = '{}'",
            "delete from change",
            "update operation set actor_name = 'Nobody'",
            "delete from operation",
            "delete from outbox",
            "update outbox set type = 'contact.purged'",
        ],
    )
    async def test_the_service_itself_may_not(self, stage, caller, role: str, sql: str) -> None:
        await stage.create(caller)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with getattr(stage, role).transaction(caller.workspace_id) as tx:
                await tx.execute(sql)

    async def test_neither_sees_nor_writes_another_workspace(self, stage, caller, another_caller) -> None:
        await stage.create(caller)
        async with stage.api.transaction(another_caller.workspace_id) as tx:
            for table in ("operation", "change", "outbox"):
                assert await tx.fetchval(f"select count(*) from {table}") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with stage.api.transaction(another_caller.workspace_id) as tx:
                await append(tx, caller.workspace_id, uuid4(), [Change("contact", uuid4(), 1, "created")])

    async def test_serve_has_no_access_to_the_consumers_book(self, stage) -> None:
        for table in ("inbox", "attempt", "parked", "stream"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with stage.api.transaction(None) as tx:
                    await tx.execute(f"select * from {table}")


class TestErasure:
    async def test_values_go_and_the_fact_that_it_happened_stays(self, stage, caller, another_caller) -> None:
        record = await stage.create(caller)
        await stage.create(another_caller, record)
        async with stage.worker.transaction(None) as tx:
            await tx.execute(
                "update outbox set published_at = now(), broker_seq = 7 where workspace_id = $1", caller.workspace_id
            )
        async with stage.api.transaction(caller.workspace_id) as tx:
            assert await erase(tx, "contact", record) == [7]
        rows = await stage.rows("select workspace_id, verb, after from change where record_id = $1", record)
        assert {(row["workspace_id"], row["verb"], row["after"]) for row in rows} == {
            (caller.workspace_id, "created", "{}"),
            (another_caller.workspace_id, "created", '{"first_name":"Ann"}'),
        }
