"""What happened to accounts, sessions and keys: insert only, never a secret."""

from typing import Any
from uuid import UUID

import msgspec

from identity.db import Tx


async def note(
    tx: Tx,
    action: str,
    *,
    account_id: UUID | None = None,
    session_id: UUID | None = None,
    ip: str | None = None,
    **detail: Any,
) -> None:
    """`action` as a past participle after its noun: `session.reused`, `key.rotated`."""
    await tx.execute(
        "insert into audit (action, account_id, session_id, ip, detail) values ($1, $2, $3, $4, $5::text::jsonb)",
        action,
        account_id,
        session_id,
        ip,
        msgspec.json.encode(detail).decode(),
    )
