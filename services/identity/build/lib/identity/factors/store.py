"""All SQL on factors, challenges and recovery codes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from identity.db import Tx

UNVERIFIED_MINUTES = 5
CHALLENGE_MINUTES = 5


@dataclass(frozen=True)
class Factor:
    id: UUID
    account_id: UUID
    status: str
    friendly_name: str
    sealed_secret: bytes
    last_step: int

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Factor":
        return cls(**row)


async def drop_stale(tx: Tx, account_id: UUID) -> None:
    # drop_stale: enrolments that nobody finished
    await tx.execute(
        """delete from factor where account_id = $1 and status = 'unverified'
           and created_at < now() - $2 * interval '1 minute'""",
        account_id,
        UNVERIFIED_MINUTES,
    )


async def insert(tx: Tx, account_id: UUID, friendly_name: str, sealed_secret: bytes) -> UUID:
    """asyncpg.UniqueViolationError when the person has a factor of that name."""
    factor_id = uuid4()
    await tx.execute(
        """insert into factor (id, account_id, factor_type, friendly_name, sealed_secret)
           values ($1, $2, 'totp', $3, $4)""",
        factor_id,
        account_id,
        friendly_name,
        sealed_secret,
    )
    return factor_id


async def lock(tx: Tx, account_id: UUID, factor_id: UUID) -> Factor | None:
    row = await tx.fetchrow(
        """select id, account_id, status, friendly_name, sealed_secret, last_step from factor
           where id = $1 and account_id = $2 for update""",
        factor_id,
        account_id,
    )
    return None if row is None else Factor.from_row(row)


async def accepted(tx: Tx, factor: Factor, step: int) -> None:
    await tx.execute(
        "update factor set status = 'verified', last_step = $2, updated_at = now() where id = $1", factor.id, step
    )


async def drop_unverified(tx: Tx, account_id: UUID) -> None:
    await tx.execute("delete from factor where account_id = $1 and status = 'unverified'", account_id)


async def delete(tx: Tx, factor_id: UUID) -> None:
    await tx.execute("delete from factor where id = $1", factor_id)


async def rename(tx: Tx, factor_id: UUID, friendly_name: str) -> None:
    await tx.execute("update factor set friendly_name = $2, updated_at = now() where id = $1", factor_id, friendly_name)


async def challenge(tx: Tx, factor_id: UUID, ip: str) -> tuple[UUID, datetime]:
    challenge_id = uuid4()
    await tx.execute("update factor set last_challenged_at = now() where id = $1", factor_id)
    await tx.execute("delete from factor_challenge where factor_id = $1 and expires_at < now()", factor_id)
    expires_at: datetime = await tx.fetchval(
        """insert into factor_challenge (id, factor_id, ip, expires_at)
           values ($1, $2, $3, now() + $4 * interval '1 minute') returning expires_at""",
        challenge_id,
        factor_id,
        ip,
        CHALLENGE_MINUTES,
    )
    return challenge_id, expires_at


async def find_challenge(tx: Tx, factor_id: UUID, challenge_id: UUID) -> tuple[str, bool] | None:
    """(ip, is live), or None for one that is unknown or spent."""
    row = await tx.fetchrow(
        "select ip, expires_at > now() as is_live from factor_challenge where id = $1 and factor_id = $2",
        challenge_id,
        factor_id,
    )
    return None if row is None else (row["ip"], row["is_live"])


async def spend_challenge(tx: Tx, challenge_id: UUID) -> None:
    await tx.execute("delete from factor_challenge where id = $1", challenge_id)


async def recovery_set(tx: Tx, account_id: UUID) -> tuple[UUID, int, int] | None:
    """(id, total, remaining), or None when no codes were made."""
    row = await tx.fetchrow(
        """select set_id, count(*) as total, count(*) filter (where used_at is null) as remaining
           from recovery_code where account_id = $1 group by set_id""",
        account_id,
    )
    return None if row is None else (row["set_id"], row["total"], row["remaining"])


async def replace_recovery_codes(tx: Tx, account_id: UUID, hashes: list[bytes]) -> UUID:
    set_id = uuid4()
    await tx.execute("delete from recovery_code where account_id = $1", account_id)
    await tx.execute(
        "insert into recovery_code (account_id, code_hash, set_id) select $1, unnest($2::bytea[]), $3",
        account_id,
        hashes,
        set_id,
    )
    return set_id


async def drop_recovery_codes(tx: Tx, account_id: UUID) -> None:
    await tx.execute("delete from recovery_code where account_id = $1", account_id)


async def use_recovery_code(tx: Tx, account_id: UUID, code_hash: bytes) -> bool:
    done = await tx.execute(
        "update recovery_code set used_at = now() where account_id = $1 and code_hash = $2 and used_at is null",
        account_id,
        code_hash,
    )
    return done == "UPDATE 1"
