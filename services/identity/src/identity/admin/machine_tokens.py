"""Machine tokens: JWTs of role `service_role`, made by a command with an end, and revoked one by one."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from identity import audit
from identity.db import Tx
from identity.keys import TokenWriter

ROLE = "service_role"


async def make(tx: Tx, writer: TokenWriter, *, name: str, days: int) -> str:
    jti, now = uuid4(), int(time.time())
    ends = now + days * 86_400
    await tx.execute(
        "insert into machine_token (jti, name, expires_at) values ($1, $2, $3)",
        jti,
        name,
        datetime.fromtimestamp(ends, UTC),
    )
    await audit.note(tx, "machine_token.made", name=name, jti=str(jti))
    return await writer.sign({"iss": writer.issuer, "role": ROLE, "iat": now, "exp": ends, "jti": str(jti)})


async def revoke(tx: Tx, jti: UUID) -> bool:
    done = await tx.execute("update machine_token set revoked_at = now() where jti = $1 and revoked_at is null", jti)
    await audit.note(tx, "machine_token.revoked", jti=str(jti))
    return done == "UPDATE 1"


async def listed(tx: Tx) -> list[dict[str, Any]]:
    rows = await tx.fetch("select jti, name, expires_at, revoked_at from machine_token order by created_at")
    return [dict(row) for row in rows]


async def is_revoked(tx: Tx, jti: UUID) -> bool:
    """True as well for a `jti` that was never given out."""
    lives = await tx.fetchval(
        "select exists (select from machine_token where jti = $1 and revoked_at is null and expires_at > now())", jti
    )
    return not lives
