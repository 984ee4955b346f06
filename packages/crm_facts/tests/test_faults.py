"""Processes killed at an exact point, by SIGKILL while a proxy holds the message that would end the critical moment."""

from uuid import uuid4

import pytest

from crm_facts import Change, Consumer, Relay, connect
from crm_testkit import eventually, fault_proxy


async def add(tx, fact) -> None:
    await tx.execute(
        "insert into entry (workspace_id, fact_id, record_id, version) values ($1, $2, $3, $4)",
        fact.workspace_id,
        fact.id,
        fact.record_id,
        fact.version,
    )


def has_entries(stage, count: int):
    async def there() -> bool:
        return await stage.value("select count(*) from entry") >= count

    return there


@pytest.mark.parametrize(("window_s", "messages"), [("120", 1), ("0.1", 2)])
async def test_a_relay_killed_between_acknowledgement_and_mark(
    stage, caller, nats, servers, victim, running, all_sent, window_s: str, messages: int
) -> None:
    """B3. With a short duplicate window the stream has the fact twice: the inbox alone must hold."""
    async with fault_proxy(stage.worker_url) as proxy:
        proxy.hold_at = b"set published_at = now()"
        process = await victim("relay", proxy.url, servers.nats_url, window_s)
        await stage.create(caller)
        await proxy.struck.wait()
        process.kill()
        await process.wait()
    js = nats.jetstream()
    assert (await js.stream_info("FACTS")).state.messages == 1
    assert await stage.unsent() == 1

    await victim("relay", stage.worker_url, servers.nats_url, window_s)
    await all_sent()
    assert (await js.stream_info("FACTS")).state.messages == messages
    consumer = Consumer(
        stage.worker, nats, service="stage", name="entries", subjects=["stage.>"], handlers={"contact.*": add}
    )
    running(consumer.run())

    async def nothing_is_left() -> bool:
        info = await js.consumer_info("FACTS", consumer.name)
        return info.num_pending == 0 and info.num_ack_pending == 0

    await eventually(nothing_is_left)
    assert await stage.value("select count(*) from entry") == 1


@pytest.mark.parametrize(("forgets", "entries"), [(False, 1), (True, 2)])
async def test_a_consumer_killed_between_commit_and_acknowledgement(
    stage, caller, nats, servers, victim, running, forgets: bool, entries: int
) -> None:
    """B4. The control forgets the inbox: then the effect comes twice, so the fact was really delivered again."""
    running(Relay(stage.worker, nats, "stage").run())
    async with fault_proxy(servers.nats_url) as proxy:
        proxy.hold_at = b"PUB $JS.ACK.FACTS.stage_victim"
        process = await victim("consumer", stage.worker_url, proxy.url)
        await stage.create(caller)
        await proxy.struck.wait()
        process.kill()
        await process.wait()
    assert await stage.value("select count(*) from entry") == 1
    if forgets:
        async with stage.worker.transaction(None) as tx:
            await tx.execute("delete from inbox")

    await victim("consumer", stage.worker_url, servers.nats_url)
    await stage.create(caller)  # comes after it, so what is there then is all
    await eventually(has_entries(stage, entries + 1), within_s=15)
    js = nats.jetstream()

    async def nothing_is_left() -> bool:
        return (await js.consumer_info("FACTS", "stage_victim")).num_ack_pending == 0

    await eventually(nothing_is_left, within_s=15)
    assert await stage.value("select count(*) from entry") == entries + 1


async def test_a_fact_whose_handler_ends_the_process_is_parked_after_three_starts(
    stage, caller, nats, servers, victim, running
) -> None:
    """B6. It comes in the middle of a batch: its neighbours are handled, and none of them is parked."""
    running(Relay(stage.worker, nats, "stage").run())
    records = [uuid4() for _ in range(20)]
    await stage.write(
        caller, *(Change("contact", id, 7 if place == 10 else 1, "created") for place, id in enumerate(records))
    )
    starts = 0
    while await stage.value("select count(*) from parked") == 0:
        process = await victim("consumer", stage.worker_url, servers.nats_url, "7")
        starts += 1
        ended = await _ended_or_parked(stage, process)
        assert ended in (9, None)
        assert starts <= 4
    [row] = await stage.rows("select starts, failures, record_id, error from parked")
    assert (row["starts"], row["failures"], row["record_id"]) == (3, 0, records[10])
    assert row["error"] == "the process ended while it handled this fact"
    await eventually(has_entries(stage, 19), within_s=15)
    assert process.returncode is None
    await stage.create(caller)
    await eventually(has_entries(stage, 20), within_s=15)


async def _ended_or_parked(stage, process) -> int | None:
    async def over() -> bool:
        return process.returncode is not None or await stage.value("select count(*) from parked") > 0

    await eventually(over, within_s=30)
    return process.returncode


async def test_a_lost_stream_leaves_no_gap_and_no_double(stage, caller, own_nats, running, all_sent) -> None:
    """B7, with a consumer that had got half of it."""
    nats = await connect(own_nats.url, "test")
    running(Relay(stage.worker, nats, "stage").run())
    consumer = Consumer(
        stage.worker, nats, service="stage", name="entries", subjects=["stage.>"], handlers={"contact.*": add}
    )
    first = running(consumer.run())
    for _ in range(10):
        await stage.create(caller)
    await eventually(has_entries(stage, 10), within_s=15)
    first.cancel()
    for _ in range(10):
        await stage.create(caller)
    await all_sent()
    own_nats.kill()
    own_nats.forget()
    own_nats.start()
    running(consumer.run())
    await eventually(has_entries(stage, 20), within_s=20)
    await all_sent()
    js = nats.jetstream()

    async def nothing_is_left() -> bool:
        info = await js.consumer_info("FACTS", consumer.name)
        return info.num_pending == 0 and info.num_ack_pending == 0 and info.delivered.stream_seq == 20

    await eventually(nothing_is_left, within_s=15)
    assert await stage.value("select count(distinct fact_id) from entry") == 20
    assert await stage.value("select count(*) from entry") == 20
    await nats.close()
