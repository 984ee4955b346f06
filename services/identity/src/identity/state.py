"""What the process holds while it runs, opened once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from crm_cache import Buckets, Policy, Valkey, Verdict
from crm_db import Database
from crm_facts import Nats, Waker, connect
from identity.codes import Issuer, Redirects
from identity.keys import KeyRing, TokenReader, TokenWriter
from identity.keys.actions import prepare_keys
from identity.keys.model import SigningKey
from identity.keys.store import all_keys
from identity.mail import Letters, MailQueue
from identity.mail.frequency import Frequency
from identity.mail.health import MailHealth
from identity.passwords import Hasher, PasswordPolicy, Slowdown
from identity.sessions import Ends
from identity.sessions.refreshing import Refreshing
from identity.settings import Settings
from identity.vault import Vault


@dataclass(frozen=True)
class State:
    settings: Settings
    db: Database
    nats: Nats
    valkey: Valkey
    vault: Vault
    ring: KeyRing
    writer: TokenWriter
    reader: TokenReader
    hasher: Hasher
    policy: PasswordPolicy
    slowdown: Slowdown
    issuer: Issuer
    redirects: Redirects
    letters: Letters
    mails: MailQueue
    mail: MailHealth
    frequency: Frequency
    refreshing: Refreshing

    @property
    def token_ttl_s(self) -> int:
        return self.settings.crm_auth_token_ttl_s


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    """What lives as long as the process; closed in the opposite order."""
    async with AsyncExitStack() as stack:
        db = await Database.open(settings.database_url)
        stack.push_async_callback(db.close)
        nats = await connect(settings.nats_url, "identity")
        stack.push_async_callback(nats.close)
        db.after_commit(Waker(nats, "identity").wake)
        valkey = await Valkey.open(settings.valkey_url)
        stack.push_async_callback(valkey.close)
        hasher = Hasher()
        stack.callback(hasher.close)
        yield _state(settings, db, nats, valkey, hasher)


def _state(settings: Settings, db: Database, nats: Nats, valkey: Valkey, hasher: Hasher) -> State:
    vault = Vault(settings.crm_secret)
    ring = KeyRing(_loader(db, vault, settings))
    interval = timedelta(seconds=settings.crm_auth_mail_interval_s if settings.crm_rate_limits == "on" else 0)
    return State(
        settings=settings,
        db=db,
        nats=nats,
        valkey=valkey,
        vault=vault,
        ring=ring,
        writer=TokenWriter(ring, settings.issuer, settings.crm_auth_token_ttl_s),
        reader=TokenReader(ring, settings.issuer, settings.crm_auth_jwt_secret or None),
        hasher=hasher,
        policy=PasswordPolicy(settings.crm_auth_password_min_length, settings.password_sets),
        slowdown=Slowdown(db, vault, settings.crm_auth_sign_in_failures),
        issuer=Issuer(vault, settings.crm_auth_code_length, timedelta(seconds=settings.crm_auth_code_ttl_s)),
        redirects=Redirects(settings.site_url, settings.crm_auth_redirects),
        letters=Letters(settings.site_url),
        mails=MailQueue(vault),
        mail=MailHealth(db),
        frequency=Frequency(vault, interval, settings.crm_auth_mail_per_hour),
        refreshing=Refreshing(
            db=db,
            vault=vault,
            reuse_interval=timedelta(seconds=settings.crm_auth_refresh_reuse_interval_s),
            ends=_ends(settings),
            token_ttl_s=settings.crm_auth_token_ttl_s,
            limit=_refresh_limit(settings, Buckets(valkey)),
        ),
    )


def _refresh_limit(settings: Settings, buckets: Buckets) -> Callable[[UUID], Awaitable[Verdict]] | None:
    """A session's bucket in Valkey, or this process's share of it while Valkey is away."""
    quota = settings.crm_auth_refreshes_per_5_min
    if settings.crm_rate_limits == "off" or not quota:
        return None
    policy = Policy("refresh", quota, quota / 300)
    return lambda session_id: buckets.take(policy, str(session_id))


def _loader(db: Database, vault: Vault, settings: Settings) -> Callable[[], Awaitable[list[SigningKey]]]:
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
        allow_low_aal=timedelta(seconds=settings.crm_auth_session_low_aal_s) or None,
    )
