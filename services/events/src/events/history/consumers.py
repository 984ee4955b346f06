"""Undo of what another service began reaches us by its facts."""

from zoneinfo import ZoneInfo

import crm_facts
from crm_db import Transaction
from crm_facts import Fact
from events.events import FactCaller, store
from events.history.undo import take_back


async def contact_unmerged(tx: Transaction, fact: Fact) -> None:
    """What the merge gave to the survivor goes back, but for events whose people were changed since."""
    caller = FactCaller.of(fact)
    assert fact.record_id  # noqa: S101 - a fact about a contact
    operation_id = await store.take_move(tx, caller.workspace_id, fact.record_id)
    if operation_id is None:
        return
    undo_id = await crm_facts.begin(
        tx, caller, kind="undo", summary="Moved events back to the separated contact", undo_of=operation_id
    )
    if await crm_facts.claim_undo(tx, operation_id, undo_id):
        await take_back(tx, caller.workspace_id, operation_id, undo_id, ZoneInfo("UTC"))
