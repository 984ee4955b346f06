"""From the outbox to the stream: shape, order, lanes, and everything that can be away (B1, B2, B7, B8)."""

import asyncio
import contextlib
import json
from uuid import uuid4

import pytest
from nats.errors import Error
from nats.js import api as js_api

from crm_facts import Change, Relay, StreamSettings, Waker, connect, erase_messages, state
from crm_facts import relay as relay_module
from crm_testkit import eventually


async def messages(nats, count: int) -> list:
    """The first messages of the stream, in order."""
    js = nats.jetstream()
    return [await js.get_msg("FACTS", seq) for seq in range(1, count + 1)]


async def stream_state(nats) -> js_api.StreamState:
    return (await nats.jetstream().stream_info("FACTS")).state


async def test_a_fact_is_a_cloud_event_with_all_that_is_known(stage, caller, nats, running, all_sent) -> None:
    record = uuid4()
    change = Change("contact", record, 2, "changed", {"title": None}, {"title": "CTO \u2028 \U0001f600"})
    operation_id = await stage.write(caller, change, kind="bulk")
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    [message] = await messages(nats, 1)
    [row] = await stage.rows("select c.fact_id, c.at, o.broker_seq from change c join outbox o on o.id = c.fact_id")
    event = json.loads(message.data)
    assert message.subject == f"facts.v1.{caller.workspace_id}.stage.contact.changed"
    assert message.headers["Nats-Msg-Id"] == event["id"] == str(row["fact_id"])
    assert row["broker_seq"] == 1
    assert event.pop("time").startswith(row["at"].strftime("%Y-%m-%dT%H:%M:%S"))
    assert event == {
        "specversion": "1.0",
        "id": str(row["fact_id"]),
        "source": "/stage",
        "type": "contact.changed",
        "subject": str(record),
        "datacontenttype": "application/json",
        "traceparent": caller.traceparent,
        "data": {
            "workspace_id": str(caller.workspace_id),
            "noun": "contact",
            "record_id": str(record),
            "version": 2,
            "operation_id": str(operation_id),
            "operation_kind": "bulk",
            "summary": "a test",
            "actor": {"id": str(caller.user_id), "name": "Ada Lovelace"},
            "request_id": "req-1",
            "before": {"title": None},
            "after": {"title": "CTO \u2028 \U0001f600"},
        },
    }


async def test_a_stated_fact_travels_without_a_workspace(stage, nats, running, all_sent) -> None:
    async with stage.api.transaction(None) as tx:
        await state(tx, "session.ended", "s1", {"session_id": "s1"})
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    [message] = await messages(nats, 1)
    assert message.subject == "facts.v1.-.stage.session.ended"
    event = json.loads(message.data)
    assert (event["subject"], event["data"]) == ("s1", {"session_id": "s1"})


async def test_order_is_that_of_versions_and_interactive_facts_go_first(stage, caller, nats, running, all_sent) -> None:
    imported = [uuid4() for _ in range(300)]
    await stage.write(caller, *(Change("contact", id, 1, "created") for id in imported), lane="bulk")
    edited = await stage.create(caller)
    await stage.write(caller, *(Change("contact", imported[0], version, "changed") for version in range(2, 12)))
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    sent = [json.loads(message.data)["data"] for message in await messages(nats, 311)]
    assert sent[0]["record_id"] == str(edited)
    assert [f["version"] for f in sent if f["record_id"] == str(imported[0])] == list(range(1, 12))
    rows = await stage.rows("select broker_seq, id from outbox order by lane desc, id")
    assert [row["broker_seq"] for row in rows] == list(range(1, 312))


async def test_what_the_stream_has_already_is_not_stored_twice(stage, caller, nats, running, all_sent) -> None:
    """Marks that were lost (Postgres crashed, or the relay was killed): some of the next batch are duplicates."""
    records = [await stage.create(caller) for _ in range(20)]
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    async with stage.worker.transaction(None) as tx:
        await tx.execute("update outbox set published_at = null, broker_seq = null where broker_seq between 5 and 15")
    await stage.write(caller, Change("contact", records[0], 2, "changed"))
    await all_sent()
    assert (await stream_state(nats)).messages == 21
    assert await stage.value("select array_agg(broker_seq order by id) from outbox") == list(range(1, 22))


async def test_of_two_relays_one_sends_and_the_other_takes_over(stage, caller, nats, running, all_sent) -> None:
    first = running(Relay(stage.worker, nats, "stage").run())
    await stage.create(caller)
    await all_sent()
    running(Relay(stage.worker, nats, "stage").run())
    await stage.create(caller)
    await all_sent()
    first.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await first
    await stage.create(caller)
    await all_sent()
    assert (await stream_state(nats)).messages == 3


@pytest.mark.parametrize("wakes", [True, False])
async def test_a_wake_makes_the_relay_look_at_once(stage, caller, nats, running, monkeypatch, wakes: bool) -> None:
    monkeypatch.setattr(relay_module, "IDLE_S", 30.0)
    if wakes:
        stage.api.after_commit(Waker(nats, "stage").wake)
    running(Relay(stage.worker, nats, "stage").run())
    await eventually(lambda: stream_state(nats))

    async def sent() -> bool:
        return await stage.unsent() == 0

    await stage.create(caller)
    if wakes:
        await eventually(sent, within_s=2)
    else:
        with pytest.raises(AssertionError):
            await eventually(sent, within_s=2)


async def test_writes_go_on_without_the_broker_and_each_fact_arrives_once(
    stage, caller, own_nats, running, all_sent
) -> None:
    nats = await connect(own_nats.url, "test")
    running(Relay(stage.worker, nats, "stage").run())
    for _ in range(3):
        await stage.create(caller)
        await all_sent()
        own_nats.kill()
        await asyncio.gather(*(stage.create(caller) for _ in range(10)))
        own_nats.start()
    await all_sent()
    assert (await stream_state(nats)).messages == 33
    await nats.close()


async def test_a_process_may_start_before_the_broker(stage, caller, own_nats, running, all_sent) -> None:
    own_nats.kill()
    nats = await connect(own_nats.url, "test")
    with pytest.raises(Error):
        await nats.ping()
    running(Relay(stage.worker, nats, "stage").run())
    await stage.create(caller)
    own_nats.start()
    await all_sent()
    await nats.ping()
    await nats.close()


async def test_a_lost_stream_is_filled_again_in_order(stage, caller, own_nats, running, all_sent) -> None:
    nats = await connect(own_nats.url, "test")
    running(Relay(stage.worker, nats, "stage").run())
    record = await stage.create(caller)
    for version in range(2, 40):
        await stage.write(caller, Change("contact", record, version, "changed"))
    await all_sent()
    own_nats.kill()
    own_nats.forget()
    own_nats.start()

    async def refilled() -> bool:
        return (await stream_state(nats)).messages == 39 and await stage.unsent() == 0

    await eventually(refilled, within_s=15)
    versions = [json.loads(message.data)["data"]["version"] for message in await messages(nats, 39)]
    assert versions == list(range(1, 40))
    await nats.close()


async def test_a_stream_from_before_gets_what_it_lacks(stage, caller, nats, running, all_sent) -> None:
    """As after a restore of the broker's folder from an older copy."""
    relay = running(Relay(stage.worker, nats, "stage").run())
    for _ in range(3):
        await stage.create(caller)
    await all_sent()
    relay.cancel()
    async with stage.worker.transaction(None) as tx:
        await tx.execute("update outbox set broker_seq = 1000 where broker_seq = 3")
    running(Relay(stage.worker, nats, "stage").run())

    async def repaired() -> bool:
        return await stage.value("select max(broker_seq) from outbox where published_at is not null") == 3

    await eventually(repaired)


async def test_a_full_stream_holds_nothing_up_and_is_drained_when_there_is_room(
    stage, caller, nats, running, all_sent
) -> None:
    small = StreamSettings(max_bytes=20_000)
    relay = running(Relay(stage.worker, nats, "stage", stream=small).run())
    for _ in range(60):
        await stage.create(caller)

    async def is_full() -> bool:
        return (await stream_state(nats)).bytes > 18_000

    await eventually(is_full)
    assert await stage.unsent() > 0
    relay.cancel()
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    assert (await stream_state(nats)).messages == 60


async def test_the_largest_fact_that_may_be_committed_can_be_sent(stage, caller, nats, running, all_sent) -> None:
    text = "x" * (1_048_576 - 8_192 - len('{}{"description":""}'))
    await stage.write(caller, Change("contact", uuid4(), 1, "created", {}, {"description": text}))
    await stage.create(caller)
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    assert (await stream_state(nats)).messages == 2


async def test_a_fact_that_this_broker_never_takes_does_not_stop_the_others(stage, caller, nats, running) -> None:
    too_large = uuid4()
    async with stage.worker.transaction(caller.workspace_id) as tx:
        await tx.execute(
            "insert into outbox (workspace_id, type, body) values ($1, 'contact.changed', $2)",
            caller.workspace_id,
            json.dumps(
                {"subject": str(too_large), "time": "2026-01-01T00:00:00Z", "traceparent": "", "data": "x" * 1_100_000}
            ),
        )
    for _ in range(100):
        await stage.create(caller)
    running(Relay(stage.worker, nats, "stage").run())

    async def one_is_left() -> bool:
        return await stage.unsent() == 1

    await eventually(one_is_left, within_s=15)


async def test_erased_messages_are_gone_from_the_stream(stage, caller, nats, running, all_sent) -> None:
    for _ in range(3):
        await stage.create(caller)
    running(Relay(stage.worker, nats, "stage").run())
    await all_sent()
    await erase_messages(nats.jetstream(), [2, 2, 99])
    assert [m.seq for m in [await nats.jetstream().get_msg("FACTS", seq) for seq in (1, 3)]] == [1, 3]
    assert (await stream_state(nats)).messages == 2
