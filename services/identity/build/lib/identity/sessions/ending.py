"""The ends of sessions. Each is stated as a fact, so that access tokens die at the gateway before they expire."""

from uuid import UUID

from identity import facts
from identity.db import Tx
from identity.sessions import store


async def end(tx: Tx, account_id: UUID, session_id: UUID, *, token_ttl_s: int) -> bool:
    """False when it had ended before."""
    if not await store.delete(tx, session_id):
        return False
    await facts.sessions_ended(tx, account_id, [session_id], token_ttl_s)
    return True


async def end_all(tx: Tx, account_id: UUID, *, keep: UUID | None = None, token_ttl_s: int) -> int:
    """Every session of the account, but `keep`; how many."""
    ended = await store.delete_of_account(tx, account_id, keep)
    await facts.sessions_ended(tx, account_id, ended, token_ttl_s)
    return len(ended)
