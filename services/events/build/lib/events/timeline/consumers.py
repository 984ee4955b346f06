"""What the timeline hears: every fact of every service."""

from collections.abc import Sequence

from crm_db import Transaction
from crm_facts import Fact, batched
from events.timeline import store
from events.timeline.rules import entry_of, is_merge, is_purge


@batched
async def keep(tx: Transaction, facts: Sequence[Fact]) -> None:
    """One entry a fact. The facts are of one workspace."""
    await keep_all(tx, facts)


async def keep_all(tx: Transaction, facts: Sequence[Fact], *, anew: bool = False) -> None:
    entries = [entry for entry in map(entry_of, facts) if entry is not None]
    if not entries:
        return
    workspace_id = entries[0].workspace_id
    purged = [entry.record_id for entry in entries if is_purge(entry)]
    await store.append(tx, workspace_id, entries, purged=purged, anew=anew)
    if merged := [entry.record_id for entry in entries if is_merge(entry)]:
        await store.follow_merges(tx, workspace_id, merged)
