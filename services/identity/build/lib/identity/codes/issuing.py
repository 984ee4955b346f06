"""A new code for a person and a purpose takes the place of the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from identity.codes.secrets import PKCE_PREFIX, code_hash, new_code
from identity.db import Tx
from identity.vault import Vault


@dataclass(frozen=True)
class Issued:
    """What the mail shows: the digits for typing, the hash for the link. Neither is kept in the clear."""

    code: str
    token_hash: str


@dataclass(frozen=True)
class Issuer:
    vault: Vault
    length: int
    ttl: timedelta


async def issue(
    tx: Tx,
    issuer: Issuer,
    account_id: UUID,
    kind: str,
    address: str,
    *,
    flow_id: UUID | None = None,
    proves_owner: bool = False,
    fresh_metadata: Mapping[str, Any] | None = None,
) -> Issued:
    """`proves_owner`: spending it on an unconfirmed account drops the password and metadata that a stranger may have
    set, and puts `fresh_metadata` in their place. A code that does not prove it takes this over from a live one that
    did: else the stranger could undo it by asking for another mail."""
    code = new_code(issuer.length)
    hashed = code_hash(issuer.vault, account_id, kind, address, code)
    await tx.execute(
        """insert into one_time_code as c
               (account_id, kind, code_hash, address, flow_id, proves_owner, fresh_metadata, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, now() + $8)
           on conflict (account_id, kind) do update set code_hash = excluded.code_hash, address = excluded.address,
               flow_id = excluded.flow_id, wrong_tries = 0, expires_at = excluded.expires_at,
               proves_owner = excluded.proves_owner or c.proves_owner and c.expires_at > now(),
               fresh_metadata = case when excluded.proves_owner or c.expires_at <= now()
                   then excluded.fresh_metadata else c.fresh_metadata end""",
        account_id,
        kind,
        hashed,
        address,
        flow_id,
        proves_owner,
        msgspec.json.encode(fresh_metadata or {}).decode(),
        issuer.ttl,
    )
    return Issued(code, hashed if flow_id is None else PKCE_PREFIX + hashed)


async def issue_flow(
    tx: Tx, account_id: UUID, pkce: tuple[str, str] | None, *, amr_method: str, ttl: timedelta
) -> UUID | None:
    """The flow of a call that brought a challenge: it lives as long as the mailed code. None without one."""
    if pkce is None:
        return None
    flow_id = uuid4()
    await tx.execute(
        """insert into pkce_flow (id, account_id, challenge, method, amr_method, expires_at)
           values ($1, $2, $3, $4, $5, now() + $6)""",
        flow_id,
        account_id,
        *pkce,
        amr_method,
        ttl,
    )
    return flow_id
