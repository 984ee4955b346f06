"""`python -m events rebuild`: makes the timelines anew from the log.

First every fact that is still in the stream is read again: a database that was restored from an older back-up has
missed some, and the rules by which facts are read may have changed. Then each workspace's timelines are made from the
facts that were kept. The workers may go on meanwhile: a workspace is made anew in one transaction.
"""

from itertools import groupby
from uuid import UUID

import structlog
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from crm_db import Database
from crm_facts import Fact, MalformedFact, Nats, decode
from crm_facts.fact import PREFIX, STREAM
from events.timeline import store
from events.timeline.consumers import keep_all

BATCH = 500
QUIET_S = 5.0

_log = structlog.get_logger("events.rebuild")


async def rebuild(db: Database, nats: Nats) -> tuple[int, int]:
    """How many facts the stream had, and of how many workspaces the timelines were made anew."""
    heard = await _hear_again(db, nats.jetstream(timeout=QUIET_S))
    workspaces = await _workspaces(db)
    for workspace_id in workspaces:
        async with db.transaction(workspace_id) as tx:
            await store.place_all_anew(tx, workspace_id)
    return heard, len(workspaces)


async def _workspaces(db: Database) -> list[UUID]:
    async with db.transaction(None) as tx:
        return [row[0] for row in await tx.fetch("select timeline_workspaces()")]


async def _hear_again(db: Database, js: JetStreamContext) -> int:
    try:
        last = (await js.stream_info(STREAM)).state.last_seq
    except NotFoundError:
        return 0
    subscription = await js.subscribe(
        f"{PREFIX}.>", ordered_consumer=True, config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    )
    heard, batch, seen = 0, list[Fact](), 0
    while seen < last:
        try:
            message = await subscription.next_msg(timeout=QUIET_S)
        except TimeoutError:  # the last ones were erased from the stream
            break
        heard, seen = heard + 1, message.metadata.sequence.stream
        batch += _fact_of(message.data)
        if len(batch) >= BATCH:
            await _keep(db, batch)
            batch.clear()
    await _keep(db, batch)
    await subscription.unsubscribe()
    return heard


def _fact_of(body: bytes) -> list[Fact]:
    try:
        return [decode(body)]
    except MalformedFact as error:
        _log.warning("passed over what is no fact", error=str(error))
        return []


async def _keep(db: Database, facts: list[Fact]) -> None:
    for workspace_id, group in groupby(facts, key=lambda fact: fact.workspace_id):
        if workspace_id is not None:
            async with db.transaction(workspace_id) as tx:
                await keep_all(tx, list(group), anew=True)
