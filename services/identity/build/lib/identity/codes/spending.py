"""Finding the code that somebody shows. The account is locked before its codes, here as everywhere: so no two wait for
each other."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from identity.codes.secrets import bare_hash, code_hash
from identity.db import Tx
from identity.vault import Vault

WRONG_TRIES_MAX = 5


@dataclass(frozen=True)
class Code:
    account_id: UUID
    kind: str
    code_hash: str
    address: str
    flow_id: UUID | None
    proves_owner: bool
    fresh_metadata: dict[str, Any]
    is_live: bool

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Code":
        return cls(**{**row, "fresh_metadata": msgspec.json.decode(row["fresh_metadata"])})


async def lock_typed(tx: Tx, vault: Vault, address: str, kinds: Sequence[str], typed: str) -> Code | None:
    """The live code mailed to the address. A wrong one counts against all that it could have meant; five void them."""
    codes = await _lock_by_address(tx, address, kinds)
    for code in codes:
        if hmac.compare_digest(code.code_hash, code_hash(vault, code.account_id, code.kind, address, typed)):
            return code if code.is_live else None
    await count_wrong_try(tx, [code.account_id for code in codes], kinds)
    return None


async def lock_by_hash(tx: Tx, token_hash: str, kinds: Sequence[str]) -> Code | None:
    """The live code whose link carries the hash, with or without the mark of a PKCE flow."""
    hashed = bare_hash(token_hash)
    owner = await tx.fetchval("select account_id from one_time_code where code_hash = $1", hashed)
    if owner is None:
        return None
    await tx.execute("select from account where id = $1 for update", owner)
    row = await tx.fetchrow(
        """select account_id, kind, code_hash, address, flow_id, proves_owner, fresh_metadata::text,
               expires_at > now() as is_live
           from one_time_code where code_hash = $1 and kind = any($2) for update""",
        hashed,
        list(kinds),
    )
    code = None if row is None else Code.from_row(row)
    return code if code is not None and code.is_live else None


async def lock_own(tx: Tx, vault: Vault, account_id: UUID, kind: str, address: str, typed: str) -> bool:
    """True when the person, whose account is locked already, typed their own live code of that kind."""
    row = await tx.fetchrow(
        """select code_hash, expires_at > now() as is_live from one_time_code
           where account_id = $1 and kind = $2 for update""",
        account_id,
        kind,
    )
    hashed = code_hash(vault, account_id, kind, address, typed)
    if row is not None and hmac.compare_digest(row["code_hash"], hashed):
        return bool(row["is_live"])
    await count_wrong_try(tx, [account_id], [kind])
    return False


async def void(tx: Tx, account_id: UUID, kind: str) -> None:
    await tx.execute("delete from one_time_code where account_id = $1 and kind = $2", account_id, kind)


async def void_all(tx: Tx, account_id: UUID, *, keep_flow: UUID | None = None) -> None:
    """Every pending code and link of the person, and the flows that began with them."""
    await tx.execute("delete from one_time_code where account_id = $1", account_id)
    await tx.execute("delete from pkce_flow where account_id = $1 and id is distinct from $2", account_id, keep_flow)


async def count_wrong_try(tx: Tx, account_ids: Sequence[UUID], kinds: Sequence[str]) -> None:
    await tx.execute(
        "update one_time_code set wrong_tries = wrong_tries + 1 where account_id = any($1) and kind = any($2)",
        list(account_ids),
        list(kinds),
    )
    await tx.execute(
        "delete from one_time_code where account_id = any($1) and wrong_tries >= $2", list(account_ids), WRONG_TRIES_MAX
    )


async def _lock_by_address(tx: Tx, address: str, kinds: Sequence[str]) -> list[Code]:
    owners = await tx.fetch(
        "select distinct account_id from one_time_code where address = $1 and kind = any($2) order by 1",
        address,
        list(kinds),
    )
    ids = [row["account_id"] for row in owners]
    await tx.execute("select from account where id = any($1) order by id for update", ids)
    rows = await tx.fetch(
        """select account_id, kind, code_hash, address, flow_id, proves_owner, fresh_metadata::text,
               expires_at > now() as is_live
           from one_time_code where account_id = any($1) and address = $2 and kind = any($3)
           order by account_id, kind for update""",
        ids,
        address,
        list(kinds),
    )
    return [Code.from_row(row) for row in rows]
