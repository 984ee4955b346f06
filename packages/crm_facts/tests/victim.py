"""A process of its own for the tests that kill one: `victim.py relay|consumer <database url> <nats url> [option]`.

relay: option is the stream's duplicate window in seconds. consumer: option is the version at which its handler ends the
process, as a crash would.
"""

import asyncio
import os
import sys
from typing import Any

from crm_db import Database
from crm_facts import Consumer, Fact, Relay, StreamSettings, connect


async def main(role: str, database_url: str, nats_url: str, option: str = "") -> None:
    db = await Database.open(database_url)
    nats = await connect(nats_url, "victim")
    if role == "relay":
        await Relay(db, nats, "stage", stream=StreamSettings(duplicate_window_s=float(option or 120))).run()

    async def write(tx: Any, fact: Fact) -> None:
        if option and fact.version == int(option):
            os._exit(9)
        await tx.execute(
            "insert into entry (workspace_id, fact_id, record_id, version) values ($1, $2, $3, $4)",
            fact.workspace_id,
            fact.id,
            fact.record_id,
            fact.version,
        )

    handlers = {"contact.*": write}
    await Consumer(
        db, nats, service="stage", name="victim", subjects=["stage.>"], handlers=handlers, ack_wait_s=1
    ).run()


asyncio.run(main(*sys.argv[1:]))
