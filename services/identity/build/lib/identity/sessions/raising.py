"""A session that showed its second factor: it reaches aal2, and those that did not end."""

import time
from typing import Any
from uuid import UUID

from identity import facts
from identity.db import Tx
from identity.sessions import refresh_token, store
from identity.sessions.opening import PURPOSE, Opened
from identity.sessions.store import Session
from identity.users import store as accounts
from identity.vault import Vault


async def raise_to_aal2(
    tx: Tx, vault: Vault, session: Session, *, method: str, factor_id: UUID | None
) -> Opened | None:
    """The counter moves by 2: no refresh token from before can take part in the aal2 session. None once it has ended."""
    locked = await store.lock(tx, session.id)
    account = await accounts.by_id(tx, session.account_id)
    if locked is None or account is None:
        return None
    amr = [{"method": method, "timestamp": int(time.time())}, *_without(locked.amr, method)]
    counter = locked.counter + 2
    await store.raise_to_aal2(tx, locked, counter, amr, factor_id)
    key = vault.open(PURPOSE, locked.sealed_key)
    return Opened(locked.id, account, refresh_token.make(key, locked.id, counter), "aal2", amr)


async def end_below_aal2(tx: Tx, account_id: UUID, *, token_ttl_s: int) -> None:
    """At the first verification of a factor: whoever signed in without it has to show it."""
    ended = await store.delete_aal1_of_account(tx, account_id)
    await facts.sessions_ended(tx, account_id, ended, token_ttl_s)


def _without(amr: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    return [entry for entry in amr if entry.get("method") != method]
