"""A sign-in opens a session; what the caller gets is made after the commit."""

import os
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from identity.client import Client
from identity.db import Tx
from identity.sessions import refresh_token, store
from identity.users import Account
from identity.users import store as accounts
from identity.vault import Vault

PURPOSE = "refresh-key"


@dataclass(frozen=True)
class Opened:
    """All that a Session of the protocol is made of, but the access token, whose key may have to be fetched."""

    session_id: UUID
    account: Account
    refresh_token: str
    aal: str
    amr: list[dict[str, Any]]


async def open_session(
    tx: Tx, vault: Vault, account: Account, *, method: str, client: Client, provider: str = "email"
) -> Opened:
    """`method` is the amr's: password, otp, magiclink, recovery, invite, email/signup, email_change, anonymous."""
    session_id, key = uuid4(), os.urandom(refresh_token.KEY_BYTES)
    amr = [{"method": method, "timestamp": int(time.time())}]
    await store.insert(tx, session_id, account.id, vault.seal(PURPOSE, key), amr, client)
    await accounts.signed_in(tx, account.id, provider)
    fresh = await accounts.by_id(tx, account.id)
    return Opened(session_id, fresh or account, refresh_token.make(key, session_id, 0), "aal1", amr)
