"""Killing the broker, the relay and the consumer loses nothing and applies nothing twice (reliability.md, B1 to B5)."""

import asyncio
import contextlib
import os
import subprocess
import time
from typing import Any

import httpx2
import nats
import nats.js.errors
import pytest
from support import Client, Installation

from crm_testkit import Running, eventually, fault_proxy
from crm_testkit.repository import folder

OUTAGE_S = float(os.environ.get("CRM_OUTAGE_S", "5"))
WRITES_PER_S = 100


async def each_fact_once(on: Installation, made: list[str]) -> bool:
    """Raises unless every event that was answered with 201 stands on the timeline once, and nothing waits."""
    assert await on.one("select count(*) from outbox where published_at is null") == 0
    entries = await on.admin.fetch("select record_id, count(*) as n from timeline_fact group by 1")
    found = {str(row["record_id"]): row["n"] for row in entries}
    assert found == dict.fromkeys(made, 1)
    return True


async def write_for(client: Client, seconds: float) -> list[str]:
    """Notes, a hundred a second; the ids of all, each of which was answered with 201."""
    tasks = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        tasks.append(asyncio.create_task(client.make(title=f"{len(tasks)}")))
        await asyncio.sleep(1 / WRITES_PER_S)
    return [event["id"] for event in await asyncio.gather(*tasks)]


class TestBrokerDies:
    async def test_writes_go_on_and_each_fact_arrives_once(self, installation: Installation) -> None:
        await installation.work()
        made = await write_for(installation.client, 1)
        await eventually(lambda: each_fact_once(installation, made), within_s=10)

        installation.nats.kill()
        made += await write_for(installation.client, OUTAGE_S)
        with pytest.raises(AssertionError):
            await each_fact_once(installation, made)
        installation.nats.start()

        await eventually(lambda: each_fact_once(installation, made), within_s=30)
        assert await installation.one("select count(*) from parked") == 0

    async def test_control_a_lost_and_a_foreign_fact_are_both_seen(self, installation: Installation) -> None:
        await installation.work()
        made = await write_for(installation.client, 0.2)
        await eventually(lambda: each_fact_once(installation, made), within_s=10)
        with pytest.raises(AssertionError):
            await each_fact_once(installation, made[1:])
        await installation.admin.execute("delete from timeline_fact where record_id = $1::uuid", made[0])
        with pytest.raises(AssertionError):
            await each_fact_once(installation, made)


class TestRelayDies:
    async def test_between_acknowledgement_and_mark(self, installation: Installation) -> None:
        async with fault_proxy(installation.database.worker_url) as postgres:
            postgres.hold_at = b"set published_at = now(), broker_seq"
            worker = await installation.work(DATABASE_URL=postgres.url)
            note = await installation.client.make()
            await asyncio.wait_for(postgres.struck.wait(), 10)
            worker.kill()
        assert await installation.one("select count(*) from outbox where published_at is null") == 1

        await installation.work()
        await eventually(lambda: each_fact_once(installation, [note["id"]]), within_s=15)

    async def test_sent_twice_past_the_streams_own_memory(self, installation: Installation) -> None:
        """The broker forgets ids after two minutes; from then on the inbox alone keeps a fact from counting twice."""
        await installation.work()
        note = await installation.client.make()
        await eventually(lambda: each_fact_once(installation, [note["id"]]), within_s=10)
        await send_again_as_new(installation)

        async def heard_again() -> bool:
            consumer = await installation.consumer()
            return bool(consumer.ack_floor.stream_seq == 2 and consumer.num_pending == 0)

        await eventually(heard_again, within_s=10)
        assert await each_fact_once(installation, [note["id"]])


async def send_again_as_new(on: Installation) -> None:
    """The stream's only message once more, under another id for the broker."""
    connection = await nats.connect(on.nats.url)
    stream = connection.jetstream()
    message = await stream.get_msg("FACTS", 1)
    assert message.subject and message.data
    await stream.publish(message.subject, message.data, headers={"Nats-Msg-Id": "another"})
    await connection.close()


class TestConsumerDies:
    async def test_between_commit_and_acknowledgement(self, installation: Installation) -> None:
        async with fault_proxy(installation.nats.url) as broker:
            broker.hold_at = b"$JS.ACK.FACTS.events_timeline"
            worker = await installation.work(NATS_URL=broker.url)
            note = await installation.client.make()
            await asyncio.wait_for(broker.struck.wait(), 10)
            worker.kill()
        assert await installation.one("select count(*) from timeline_fact") == 1
        assert (await installation.consumer()).num_ack_pending == 1

        await installation.work()

        async def acknowledged() -> bool:
            return bool((await installation.consumer()).num_ack_pending == 0)

        await eventually(acknowledged, within_s=15)
        assert await each_fact_once(installation, [note["id"]])

    async def test_before_the_commit(self, installation: Installation) -> None:
        async with fault_proxy(installation.database.worker_url) as postgres:
            postgres.hold_at = b"insert into timeline_fact"
            worker = await installation.work(DATABASE_URL=postgres.url)
            note = await installation.client.make()
            await asyncio.wait_for(postgres.struck.wait(), 10)
            worker.kill()
        assert await installation.one("select count(*) from timeline_fact") == 0
        await installation.work()
        await eventually(lambda: each_fact_once(installation, [note["id"]]), within_s=15)


POISON = """
create function refuse() returns trigger language plpgsql as
$$ begin if new.summary like '%Poison' then raise exception 'indigestible'; end if; return new; end $$;
create trigger refuse before insert on timeline_fact for each row execute function refuse()
"""


class TestPoison:
    async def test_it_is_parked_alone_and_applied_once_by_replay(self, installation: Installation) -> None:
        await installation.admin.execute(POISON)
        worker = await installation.work()
        poison = await installation.client.make(title="Poison")
        others = [(await installation.client.make(title="Food"))["id"] for _ in range(3)]
        await eventually(lambda: each_fact_once(installation, others), within_s=10)

        parked = await eventually(lambda: installation.admin.fetchrow("select * from parked"), within_s=20)
        assert parked["failures"] == 5 and "indigestible" in parked["error"]
        assert 'parked_total{consumer="events_timeline"} 1.0' in await metrics(worker)
        assert str(parked["id"]) in operator(worker, "parked", "list").stdout
        assert operator(worker, "parked", "replay", str(parked["id"])).returncode == 1

        await installation.admin.execute("drop trigger refuse on timeline_fact")
        assert operator(worker, "parked", "replay", str(parked["id"])).returncode == 0
        assert await each_fact_once(installation, [poison["id"], *others])
        assert operator(worker, "parked", "replay", str(parked["id"])).returncode == 1
        assert "no fact is parked" in operator(worker, "parked", "list").stdout

    async def test_an_absent_broker_parks_nothing(self, installation: Installation) -> None:
        worker = await installation.work()
        note = await installation.client.make()
        installation.nats.kill()
        note_2 = await installation.client.make()
        await eventually(lambda: "lost the connection" in worker.logs, within_s=10)
        installation.nats.start()
        await eventually(lambda: each_fact_once(installation, [note["id"], note_2["id"]]), within_s=30)
        assert await installation.one("select count(*) from parked") == 0


async def metrics(worker: Running) -> str:
    async with httpx2.AsyncClient() as http:
        return (await http.get(f"{worker.metrics_url}/metrics")).text


def operator(worker: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the service, with the environment of its worker."""
    command: list[Any] = [*worker.command[:3], *arguments]
    return subprocess.run(
        command, env=worker.environ, cwd=folder("events"), capture_output=True, text=True, check=False
    )


class TestErasure:
    async def test_a_purged_event_leaves_the_stream(self, installation: Installation) -> None:
        await installation.work()
        kept = await installation.client.make(title="Kept")
        note = await installation.client.make(title="Gone")
        await installation.client("PATCH", f"/events/{note['id']}", {"title": "Soon gone"})
        await installation.client("DELETE", f"/events/{note['id']}?purge=true")

        async def erased() -> list[str]:
            told = await in_stream(installation)
            assert len(told) == 2 and "event.purged" in told[-1]
            return told

        told = await eventually(erased, within_s=15)
        assert kept["id"] in told[0] and "Gone" not in str(told)


async def in_stream(on: Installation) -> list[str]:
    """The bodies of all messages that the stream still has."""
    connection = await nats.connect(on.nats.url)
    stream = connection.jetstream()
    last = (await stream.stream_info("FACTS")).state.last_seq
    bodies = []
    for sequence in range(1, last + 1):
        with contextlib.suppress(nats.js.errors.NotFoundError):
            bodies.append(((await stream.get_msg("FACTS", sequence)).data or b"").decode())
    await connection.close()
    return bodies
