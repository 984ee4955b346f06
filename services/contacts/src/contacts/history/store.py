"""SQL of operations that crm_facts does not have: one of them, locked."""

from dataclasses import dataclass
from uuid import UUID

from crm_db import Transaction


@dataclass(frozen=True, slots=True)
class Operation:
    kind: str
    summary: str
    status: str


async def lock_operation(tx: Transaction, workspace_id: UUID, operation_id: UUID) -> Operation | None:
    """Locked, so that of two undos at once the second sees the first."""
    row = await tx.fetchrow(
        "select kind, summary, status from operation where workspace_id = $1 and id = $2 for update",
        workspace_id,
        operation_id,
    )
    return None if row is None else Operation(row["kind"], row["summary"], row["status"])
