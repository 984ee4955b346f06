"""Refresh with rotation and reuse detection (auth-protocol 5.3)."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import UUID

from crm_cache import Verdict
from crm_db import Database
from identity import audit
from identity.client import Client
from identity.db import Tx
from identity.errors import (
    AuthRefused,
    Overloaded,
    RefreshTokenAlreadyUsed,
    RefreshTokenNotFound,
    SessionExpired,
    TooManyRefreshes,
    UserBanned,
    ValidationFailed,
)
from identity.metrics import REFRESH_REUSED
from identity.sessions import refresh_token, store
from identity.sessions.ending import end
from identity.sessions.opening import PURPOSE, Opened
from identity.sessions.refresh_token import Malformed, Presented
from identity.sessions.rules import Ends, Meaning, ended, meaning
from identity.users import Account
from identity.users import store as accounts
from identity.vault import Vault

WAIT_MAX_S = 5.0  # for other refreshes of the same session
PAUSE_S = (0.004, 0.02)


@dataclass(frozen=True)
class Refreshing:
    """`reuse_interval`: how long after a refresh an older token still counts as a slow tab. `limit`: takes from a
    session's bucket."""

    db: Database
    vault: Vault
    reuse_interval: timedelta
    ends: Ends
    token_ttl_s: int
    limit: Callable[[UUID], Awaitable[Verdict]] | None


async def refresh(refreshing: Refreshing, token: str, client: Client) -> Opened:
    """A new pair, or the current one again; raises the refusals of the table in 5.3."""
    try:
        presented = refresh_token.parse(token)
    except Malformed as error:
        raise ValidationFailed("Refresh token is not valid") from error
    give_up_at = time.monotonic() + WAIT_MAX_S
    while time.monotonic() < give_up_at:
        async with refreshing.db.transaction(None) as tx:
            outcome = await _attempt(refreshing, tx, presented, client)
        # A refusal is raised after the commit: the end of a stolen session must not be rolled back with it.
        if isinstance(outcome, AuthRefused):
            raise outcome
        if outcome is not None:
            return outcome
        await asyncio.sleep(random.uniform(*PAUSE_S))  # noqa: S311 - spreads the tabs, keeps no secret
    raise Overloaded


async def _attempt(refreshing: Refreshing, tx: Tx, presented: Presented, client: Client) -> Opened | AuthRefused | None:
    """None while another refresh holds the session."""
    session = await store.lock_if_free(tx, presented.session_id)
    if session is None:
        exists = await store.find(tx, presented.session_id) is not None
        return None if exists else RefreshTokenNotFound()
    key = refreshing.vault.open(PURPOSE, session.sealed_key)
    account = await accounts.by_id(tx, session.account_id)
    if not presented.is_genuine(key) or account is None:
        return RefreshTokenNotFound()
    # per session, not per address: an office shares one; after the signature, so that nobody drains another's bucket
    if refreshing.limit is not None and not (verdict := await refreshing.limit(session.id)).allowed:
        return TooManyRefreshes(retry_after_s=max(1, ceil(verdict.retry_after_s)))
    return await _judge(refreshing, tx, _Case(session, account, key, presented, client))


@dataclass(frozen=True)
class _Case:
    session: store.Session
    account: Account
    key: bytes
    presented: Presented
    client: Client


async def _judge(refreshing: Refreshing, tx: Tx, case: _Case) -> Opened | AuthRefused:
    session, now = case.session, datetime.now(UTC)
    means = meaning(
        case.presented.counter,
        session.counter,
        since_refresh=now - session.refreshed_at,
        reuse_interval=refreshing.reuse_interval,
        aal2_counter=session.aal2_counter,
    )
    if means is Meaning.REUSED:
        return await _reused(refreshing, tx, case)
    if means is Meaning.OUTGROWN:
        return RefreshTokenAlreadyUsed()
    if case.account.is_banned(now):
        return UserBanned()
    if refusal := await _ended(refreshing, tx, case, now):
        return refusal
    if means is Meaning.REPEATED:
        return _opened(case, session.counter)
    if means is Meaning.RESTORED:
        await audit.note(tx, "session.counter_moved", account_id=session.account_id, session_id=session.id)
    counter = case.presented.counter + 1
    await store.refreshed(tx, session.id, counter, case.client)
    return _opened(case, counter)


async def _reused(refreshing: Refreshing, tx: Tx, case: _Case) -> AuthRefused:
    """The thief and the victim both lose: nobody can tell which of them holds the newer token."""
    session = case.session
    REFRESH_REUSED.inc()
    await end(tx, session.account_id, session.id, token_ttl_s=refreshing.token_ttl_s)
    await audit.note(
        tx, "session.reused", account_id=session.account_id, session_id=session.id, ip=case.client.ip, attack=True
    )
    return RefreshTokenAlreadyUsed()


async def _ended(refreshing: Refreshing, tx: Tx, case: _Case, now: datetime) -> AuthRefused | None:
    ends, session = refreshing.ends, case.session
    reason = ended(
        ends,
        now,
        created_at=session.created_at,
        refreshed_at=session.refreshed_at,
        newest=not ends.single_per_user or await store.is_newest(tx, session),
        is_low_aal=session.aal == "aal1" and case.account.has_second_factor,
    )
    return None if reason is None else SessionExpired(f"Invalid Refresh Token: {reason}")


def _opened(case: _Case, counter: int) -> Opened:
    token = refresh_token.make(case.key, case.session.id, counter)
    return Opened(case.session.id, case.account, token, case.session.aal, case.session.amr)
