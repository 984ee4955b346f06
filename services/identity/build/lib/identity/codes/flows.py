"""PKCE flows after the click: an auth code for five minutes, traded once for a session."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from identity.codes import pkce
from identity.db import Tx
from identity.errors import BadCodeVerifier, FlowStateExpired, FlowStateNotFound
from identity.vault import fingerprint

AUTH_CODE_TTL = timedelta(minutes=5)  # from the click; upstream counts from the request, which fails slow readers


@dataclass(frozen=True)
class Flow:
    account_id: UUID
    amr_method: str


async def clicked(tx: Tx, flow_id: UUID) -> str:
    """The auth code for the browser's address bar. It is kept only as its hash."""
    auth_code = secrets.token_urlsafe(32)
    await tx.execute(
        """update pkce_flow set auth_code_hash = $2, auth_code_expires_at = now() + $3, expires_at = now() + $3
           where id = $1""",
        flow_id,
        fingerprint(auth_code),
        AUTH_CODE_TTL,
    )
    return auth_code


async def owner_of(tx: Tx, auth_code: str) -> UUID | None:
    """Whose flow it is, so that the account can be locked first."""
    owner: UUID | None = await tx.fetchval(
        "select account_id from pkce_flow where auth_code_hash = $1", fingerprint(auth_code)
    )
    return owner


async def exchange(tx: Tx, auth_code: str, verifier: str) -> Flow:
    """Spends the flow. A wrong verifier voids nothing: whoever has only the code must not be able to spoil it."""
    row = await tx.fetchrow(
        """select id, account_id, challenge, method, amr_method, auth_code_expires_at > now() as is_live
           from pkce_flow where auth_code_hash = $1 for update""",
        fingerprint(auth_code),
    )
    if row is None:
        raise FlowStateNotFound
    if not row["is_live"]:
        raise FlowStateExpired
    if not pkce.fits(verifier, row["challenge"], row["method"]):
        raise BadCodeVerifier
    await tx.execute("delete from pkce_flow where id = $1", row["id"])
    return Flow(row["account_id"], row["amr_method"])
