"""From the stream to an effect: once, in order per record, and what becomes of facts that can't be handled: B5, B9."""

import asyncio
import json
import random
import re
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY

from crm_facts import Change, Consumer, Relay, batched, parked_command
from crm_testkit import eventually, fault_proxy

SUBJECTS = ["stage.>"]
ADD = "insert into entry (workspace_id, fact_id, record_id, version) values ($1, $2, $3, $4)"


async def add(tx, fact) -> None:
    await tx.execute(ADD, fact.workspace_id, fact.id, fact.record_id, fact.version)


@pytest.fixture
def consume(stage, nats, running):
    """`consume({"contact.*": add})`: a consumer and the relay before it, with delays short enough for a test."""

    def start(handlers, *, name: str = "entries", db=None, client=None, relay: bool = True) -> Consumer:
        consumer = Consumer(
            db or stage.worker,
            client or nats,
            service="stage",
            name=name,
            subjects=SUBJECTS,
            handlers=handlers,
            retry_delays_s=(0.05, 0.1, 0.1, 0.1),
        )
        if relay:
            running(Relay(stage.worker, nats, "stage").run())
        running(consumer.run())
        return consumer

    return start


@pytest.fixture
def handled(stage):
    """`await handled(3)`: waits for as many entries and returns their versions in the order in which they came."""

    async def wait(count: int, within_s: float = 15) -> list[int]:
        async def there() -> bool:
            return await stage.value("select count(*) from entry") >= count

        await eventually(there, within_s=within_s)
        return [row["version"] for row in await stage.rows("select version from entry order by n")]

    return wait


@pytest.fixture
def parked(stage):
    async def wait():
        async def there() -> bool:
            return await stage.value("select count(*) from parked") > 0

        await eventually(there, within_s=15)
        return await stage.rows("select * from parked")

    return wait


async def quiet(stage) -> bool:
    return await stage.value("select count(*) from attempt") == 0


class TestHandling:
    async def test_each_fact_once_and_in_order(self, stage, caller, consume, handled) -> None:
        record = await stage.create(caller)
        for version in range(2, 100):
            await stage.write(caller, Change("contact", record, version, "changed"))
        consume({"contact.*": add})
        assert await handled(99) == list(range(1, 100))
        await eventually(lambda: quiet(stage))
        assert await stage.value("select count(*) from inbox") == 99

    async def test_the_closest_handler_is_called_and_what_none_fits_is_passed_over(
        self, stage, caller, consume
    ) -> None:
        calls: list[str] = []

        def handler(name: str):
            async def handle(tx, fact) -> None:
                calls.append(f"{name}:{fact.type}")

            return handle

        consume({"contact.*": handler("noun"), "contact.created": handler("exact")})
        for noun, verb in [
            ("contact", "created"),
            ("contact", "changed"),
            ("company", "created"),
            ("contact", "trashed"),
        ]:
            await stage.write(caller, Change(noun, uuid4(), 1, verb))
        await eventually(lambda: len(calls) == 3)
        assert calls == ["exact:contact.created", "noun:contact.changed", "noun:contact.trashed"]

    @pytest.mark.parametrize("type_", ["contact", "contact.", "contact.created.v2", ">", "Contact.created"])
    async def test_a_handler_for_no_possible_type_fails_at_the_start(self, stage, nats, type_: str) -> None:
        with pytest.raises(ValueError, match=re.escape(type_)):
            Consumer(stage.worker, nats, service="s", name="n", subjects=[], handlers={type_: add})

    async def test_a_handler_gets_the_fact_and_its_workspace(self, stage, caller, consume) -> None:
        seen = []

        async def look(tx, fact) -> None:
            seen.append((fact, await tx.fetchval("select current_workspace()")))

        consume({"contact.*": look})
        operation_id = await stage.write(caller, Change("contact", uuid4(), 2, "changed", {"a": 1}, {"a": 2}))
        await eventually(lambda: seen)
        fact, workspace = seen[0]
        assert workspace == fact.workspace_id == caller.workspace_id
        assert (fact.verb, fact.operation_id, fact.actor.name) == ("changed", operation_id, "Ada Lovelace")
        assert (fact.before, fact.after, fact.data["after"]) == ({"a": 1}, {"a": 2}, {"a": 2})
        assert (fact.traceparent, fact.request_id) == (caller.traceparent, caller.request_id)

    async def test_its_line_in_the_log_has_the_trace_of_the_request(self, stage, caller, consume, caplog) -> None:
        caplog.set_level("INFO", logger="crm_facts.consumer")
        consume({"contact.*": add})
        await stage.create(caller)
        await eventually(lambda: [r for r in caplog.records if "handled contact.created" in r.message])
        [line] = [record for record in caplog.records if "handled contact.created" in record.message]
        assert (line.trace_id, line.request_id) == ("0af7651916cd43dd8448eb211c80319c", "req-1")

    async def test_a_handler_that_takes_many_gets_neighbours_of_one_workspace(
        self, stage, caller, another_caller, consume, handled
    ) -> None:
        groups = []

        @batched
        async def many(tx, facts) -> None:
            groups.append([fact.workspace_id for fact in facts])
            for fact in facts:
                await add(tx, fact)

        for who in (caller, caller, another_caller, caller):
            await stage.create(who)
        consume({"contact.*": many})
        await handled(4)
        assert all(len(set(group)) == 1 for group in groups)
        assert sum(map(len, groups)) == 4
        assert len(groups) < 4

    async def test_a_fact_in_the_stream_twice_has_one_effect(self, stage, caller, nats, consume, handled) -> None:
        consume({"contact.*": add})
        await stage.create(caller)
        await handled(1)
        js = nats.jetstream()
        message = await js.get_msg("FACTS", 1)
        for _ in range(3):
            await js.publish(message.subject, message.data)
        await stage.create(caller)
        await handled(2)
        assert await stage.value("select count(*) from entry") == 2

    async def test_of_two_processes_one_consumes(self, stage, caller, consume, handled) -> None:
        calls = {"first": 0, "second": 0}

        def counting(name: str):
            async def handle(tx, fact) -> None:
                calls[name] += 1
                await add(tx, fact)

            return handle

        consume({"contact.*": counting("first")})
        await stage.create(caller)
        await handled(1)
        consume({"contact.*": counting("second")}, relay=False)
        for _ in range(20):
            await stage.create(caller)
        await handled(21)
        assert calls == {"first": 21, "second": 0}


class TestFailing:
    async def test_a_poison_fact_is_parked_and_others_go_on(self, stage, caller, consume, handled, parked) -> None:
        before = REGISTRY.get_sample_value("parked_total", {"consumer": "stage_poison"}) or 0

        async def refuses_version_2(tx, fact) -> None:
            await add(tx, fact)
            if fact.version == 2 and not healed:
                raise KeyError("no such field")

        healed: list[bool] = []
        consumer = consume({"contact.*": refuses_version_2}, name="poison")
        record, others = await stage.create(caller), [uuid4() for _ in range(10)]
        await stage.write(caller, Change("contact", record, 2, "changed"), Change("contact", record, 3, "changed"))
        await stage.write(caller, *(Change("contact", id, 1, "created") for id in others))
        [row] = await parked()
        assert (row["failures"], row["starts"], row["error"]) == (5, 0, "KeyError: 'no such field'")
        assert (row["record_id"], row["consumer"]) == (record, "stage_poison")
        assert json.loads(row["body"])["data"]["version"] == 2
        await handled(12)
        assert await stage.versions(record) == [1, 3]
        assert REGISTRY.get_sample_value("parked_total", {"consumer": "stage_poison"}) == before + 1

        healed.append(True)
        assert await consumer.replay(row["id"])
        assert await stage.versions(record) == [1, 3, 2]
        assert not await consumer.replay(row["id"])
        assert await stage.versions(record) == [1, 3, 2]

    async def test_later_facts_of_its_record_wait_and_then_come_in_order(self, stage, caller, consume, handled) -> None:
        tries = []

        async def fails_twice(tx, fact) -> None:
            if fact.version == 2 and len(tries) < 2:
                tries.append(fact.version)
                raise ValueError
            await add(tx, fact)

        record = await stage.create(caller)
        consume({"contact.*": fails_twice})
        await stage.write(caller, *(Change("contact", record, version, "changed") for version in range(2, 30)))
        await handled(29)
        assert await stage.versions(record) == list(range(1, 30))
        assert await stage.value("select count(*) from parked") == 0

    async def test_what_is_no_fact_is_parked_too(self, stage, caller, nats, consume, handled, parked) -> None:
        consume({"contact.*": add})
        await stage.create(caller)
        await handled(1)
        await nats.jetstream().publish(f"facts.v1.{caller.workspace_id}.stage.contact.changed", b'{"specversion"')
        await stage.create(caller)
        await handled(2)
        [row] = await parked()
        assert (row["failures"], bytes(row["body"])) == (5, b'{"specversion"')
        assert row["error"].startswith("MalformedFact: not a fact")

    async def test_an_operator_lists_and_replays(self, stage, caller, consume, parked, capsys) -> None:
        broken = [True]

        async def handle(tx, fact) -> None:
            if broken:
                raise ValueError("broken")
            await add(tx, fact)

        consumer = consume({"contact.*": handle})
        await stage.create(caller)
        [row] = await parked()
        assert await parked_command(stage.worker, [consumer], ["list"]) == 0
        listed = capsys.readouterr().out
        assert str(row["id"]) in listed
        assert "5 failures, 0 crashes: ValueError: broken" in listed
        assert await parked_command(stage.worker, [consumer], ["replay", str(row["id"])]) == 1
        assert "failed again and stays parked" in capsys.readouterr().out
        broken.clear()
        assert await parked_command(stage.worker, [consumer], ["replay", str(row["id"])]) == 0
        assert await stage.value("select count(*) from entry") == 1
        assert await parked_command(stage.worker, [consumer], ["replay", str(row["id"])]) == 1
        capsys.readouterr()
        await parked_command(stage.worker, [consumer], ["list"])
        assert capsys.readouterr().out == "no fact is parked\n"

    async def test_random_failures_of_500_changes_leave_versions_in_order(
        self, stage, caller, consume, handled
    ) -> None:
        """B9: changes of one record from 20 tasks, a handler that fails now and then."""
        record = await stage.create(caller)
        version, turn = [1], asyncio.Lock()
        dice = random.Random(9)  # noqa: S311

        async def change() -> None:
            for _ in range(25):
                async with turn:  # what the record's row lock is in a service
                    version[0] += 1
                    await stage.write(caller, Change("contact", record, version[0], "changed"))

        async def stumbles(tx, fact) -> None:
            await add(tx, fact)
            if dice.random() < 0.005:
                raise ValueError("stumbled")
            if dice.random() < 0.005:
                raise TimeoutError("away for a moment")

        consume({"contact.*": stumbles})
        await asyncio.gather(*(change() for _ in range(20)))
        await handled(501, within_s=60)
        assert await stage.versions(record) == list(range(1, 502))


class TestAway:
    async def test_a_lost_database_never_counts(self, stage, caller, consume, handled) -> None:
        async with fault_proxy(stage.worker_url) as proxy:
            db = await type(stage.worker).open(proxy.url)
            consume({"contact.*": add}, db=db)
            for round_ in range(1, 8):
                proxy.cut_before = b"insert into entry"
                await stage.create(caller)
                await handled(round_)
                proxy.cut_all()
            assert proxy.struck.is_set()
            await eventually(lambda: quiet(stage))
            assert await stage.value("select count(*) from parked") == 0
            assert await stage.value("select count(*) from entry") == 7
            await db.close()

    async def test_nothing_is_fetched_while_it_is_away(self, stage, caller, nats, consume, handled) -> None:
        async with fault_proxy(stage.worker_url) as proxy:
            db = await type(stage.worker).open(proxy.url)
            consume({"contact.*": add}, db=db)
            await stage.create(caller)
            await handled(1)
            proxy.accepts = False
            proxy.cut_all()
            for _ in range(30):
                await stage.create(caller)
            js = nats.jetstream()

            async def all_wait_in_the_stream() -> bool:
                info = await js.consumer_info("FACTS", "stage_entries")
                return bool(info.num_pending + info.num_ack_pending == 30)

            await eventually(all_wait_in_the_stream)
            proxy.accepts = True
            await handled(31)
            await eventually(lambda: quiet(stage))
            assert await stage.value("select count(*) from parked") == 0
            await db.close()

    async def test_an_error_of_its_own_does_count(self, stage, caller, consume, parked) -> None:
        """The control of the two above."""

        async def handle(tx, fact) -> None:
            raise asyncpg.UndefinedTableError("a mistake in the handler's SQL")

        consume({"contact.*": handle})
        await stage.create(caller)
        [row] = await parked()
        assert row["failures"] == 5

    async def test_a_service_that_is_away_never_counts(self, stage, caller, consume, handled) -> None:
        class UpstreamDown(Exception):
            status = 503

        tries = []

        async def asks_another(tx, fact) -> None:
            tries.append(1)
            if len(tries) < 8:
                raise UpstreamDown
            await add(tx, fact)

        consume({"contact.*": asks_another})
        await stage.create(caller)
        await handled(1, within_s=30)
        assert await stage.value("select count(*) from parked") == 0
