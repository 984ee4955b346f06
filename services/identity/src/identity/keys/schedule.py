"""The worker's rotation of signing keys, a step at a time: publish, wait, sign, wait, revoke."""

import asyncio
from datetime import UTC, datetime, timedelta

from crm_db import Database
from identity.keys import actions, store
from identity.keys.model import SigningKey, State
from identity.vault import Vault

EVERY_S = 600


async def rotate_for_ever(db: Database, vault: Vault, *, days: int, token_ttl_s: int) -> None:
    while True:
        async with db.transaction(None) as tx:
            await store.lock(tx)
            keys = await store.all_keys(tx, vault)
            if step := next_step(keys, datetime.now(UTC), max_age=timedelta(days=days), token_ttl_s=token_ttl_s):
                verb, key = step
                if verb == "standby":
                    await actions.add_standby(tx, vault, key.alg)
                elif verb == "rotate":
                    await actions.rotate(tx, vault, to=key.kid)
                else:
                    await actions.revoke(tx, vault, key.kid, token_ttl_s=token_ttl_s)
        await asyncio.sleep(EVERY_S)


def next_step(
    keys: list[SigningKey], now: datetime, *, max_age: timedelta, token_ttl_s: int
) -> tuple[str, SigningKey] | None:
    """One of ("standby", current), ("rotate", standby), ("revoke", previous): whichever is due first."""
    by_state = {state: [key for key in keys if key.state is state] for state in State}
    revocable = timedelta(seconds=token_ttl_s) + actions.TOKENS_AND_CACHES
    for key in by_state[State.PREVIOUS]:
        if now - key.state_since > revocable:
            return "revoke", key
    for key in by_state[State.STANDBY]:
        if now - key.state_since > actions.PUBLISHED_BEFORE_USE:
            return "rotate", key
    for key in by_state[State.CURRENT]:
        if now - key.state_since > max_age and not by_state[State.STANDBY]:
            return "standby", key
    return None
