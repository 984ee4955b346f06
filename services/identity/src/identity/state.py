"""What the process holds while it runs, opened once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from crm_db import Database

from identity.codes import Issuer, Redirects
from identity.keys import KeyRing, TokenReader, TokenWriter
from identity.keys.actions import prepare_keys
from identity.keys.model import SigningKey
from identity.keys.store import all_keys
from identity.mail import Letters, MailQueue
from identity.mail.frequency import Frequency
from identity.passwords import Hasher, Policy, Slowdown
from identity.sessions import Ends
from identity.sessions.refreshing import Refreshing
from identity.settings import Settings
from identity.vault import Vault


@dataclass(frozen=True)
class State:
    settings: Settings
    db: Database
    vault: Vault
    ring: KeyRing
    writer: TokenWriter
    reader: TokenReader
    hasher: Hasher
    policy: Policy
    slowdown: Slowdown
    issuer: Issuer
    redirects: Redirects
    letters: Letters
    mails: MailQueue
    frequency: Frequency
    refreshing: Refreshing

    @property
    def token_ttl_s(self) -> int:
        return self.settings.crm_auth_token_ttl_s


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    db = await Database.open(settings.database_url)
    hasher = Hasher()
    try:
        yield _state(settings, db, hasher)
    finally:
        hasher.close()
        await db.close()


def _state(settings: Settings, db: Database, hasher: Hasher) -> State:
    vault = Vault(settings.crm_secret)
    ring = KeyRing(_loader(db, vault, settings))
    interval = timedelta(seconds=settings.crm_auth_mail_interval_s if settings.crm_rate_limits == "on" else 0)
    return State(
        settings=settings,
        db=db,
        vault=vault,
        ring=ring,
        writer=TokenWriter(ring, settings.issuer, settings.crm_auth_token_ttl_s),
        reader=TokenReader(ring, settings.issuer, settings.crm_auth_jwt_secret or None),
        hasher=hasher,
        policy=Policy(settings.crm_auth_password_min_length, settings.password_sets),
        slowdown=Slowdown(db, vault, settings.crm_auth_sign_in_failures),
        issuer=Issuer(vault, settings.crm_auth_code_length, timedelta(seconds=settings.crm_auth_code_ttl_s)),
        redirects=Redirects(settings.site_url, settings.crm_auth_redirects),
        letters=Letters(settings.site_url),
        mails=MailQueue(vault),
        frequency=Frequency(vault, interval, settings.crm_auth_mail_per_hour),
        refreshing=Refreshing(
            db=db,
            vault=vault,
            reuse_interval=timedelta(seconds=settings.crm_auth_refresh_reuse_interval_s),
            ends=_ends(settings),
            token_ttl_s=settings.crm_auth_token_ttl_s,
        ),
    )


def _loader(db: Database, vault: Vault, settings: Settings):  # type: ignore[no-untyped-def]
    async def load() -> list[SigningKey]:
        async with db.transaction(None) as tx:
            await prepare_keys(tx, vault, settings.crm_auth_jwt_keys)
            return await all_keys(tx, vault)

    return load


def _ends(settings: Settings) -> Ends:
    return Ends(
        timebox=timedelta(seconds=settings.crm_auth_session_timebox_s) or None,
        inactivity=timedelta(seconds=settings.crm_auth_session_inactivity_s) or None,
        single_per_user=settings.crm_auth_session_single,
    )
