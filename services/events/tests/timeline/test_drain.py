"""A stream full of facts is drained whole: CRM_DRAIN_FACTS=100000 measures how fast (`pytest -s`)."""

import asyncio
import json
import os
import time
from uuid import uuid4

import nats
from support import Installation, fact

from crm_facts import ensure_stream
from crm_testkit import eventually

FACTS = int(os.environ.get("CRM_DRAIN_FACTS", "2000"))
PER_CONTACT = 4
IN_FLIGHT = 256


async def fill(on: Installation) -> None:
    """Facts of contacts into the stream, in order per contact, as an import and edits after it state them."""
    connection = await nats.connect(on.nats.url)
    stream = connection.jetstream()
    await ensure_stream(stream)
    workspace_id = on.client.user.workspace_id
    free = asyncio.Semaphore(IN_FLIGHT)
    sent = []
    for _ in range(FACTS // PER_CONTACT):
        contact_id = str(uuid4())
        for version in range(1, PER_CONTACT + 1):
            verb = "created" if version == 1 else "changed"
            stated = fact(workspace_id, contact_id, version, verb, first_name=f"Grace {version}", title="Admiral")
            await free.acquire()
            acknowledged = await stream.publish_async(
                f"facts.v1.{workspace_id}.contacts.contact.{verb}", json.dumps(stated).encode()
            )
            acknowledged.add_done_callback(lambda _: free.release())
            sent.append(acknowledged)
    await asyncio.gather(*sent)
    await connection.close()


async def test_every_fact_of_a_full_stream_arrives(installation: Installation) -> None:
    await fill(installation)

    started = time.monotonic()
    await installation.work()

    async def arrived() -> bool:
        consumer = await installation.consumer()
        return bool(consumer.num_pending == 0 and consumer.num_ack_pending == 0)

    await eventually(arrived, within_s=30 + FACTS / 100)
    seconds = time.monotonic() - started
    print(f"{FACTS} facts in {seconds:.1f} s, {FACTS / seconds:.0f} a second, start of the worker included")
    versions = await installation.admin.fetch(
        "select count(*) as n, count(distinct version) as versions from timeline_fact group by record_id"
    )
    assert {(row["n"], row["versions"]) for row in versions} == {(PER_CONTACT, PER_CONTACT)}
    assert await installation.one("select count(*) from timeline_entry") == FACTS
