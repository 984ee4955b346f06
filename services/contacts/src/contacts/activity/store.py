"""SQL of last activity."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from crm_db import Transaction


async def touch(tx: Transaction, workspace_id: UUID, people: Sequence[UUID], at: datetime) -> int:
    """Later is never replaced by earlier; facts may come in any order. Answers how many moved."""
    done = await tx.execute(
        """
        update contact set last_activity_at = $3, derived = derived + 1
        where workspace_id = $1 and id = any ($2::uuid[]) and (last_activity_at is null or last_activity_at < $3)
        """,
        workspace_id,
        list(people),
        at,
    )
    return int(done.removeprefix("UPDATE "))
