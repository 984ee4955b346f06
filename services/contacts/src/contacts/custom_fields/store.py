"""SQL of definitions beside that of plain rows."""

from uuid import UUID

from contacts.plain.store import Document
from crm_db import Transaction


async def keys(tx: Transaction, workspace_id: UUID, noun: str) -> set[str]:
    """Taken keys. Locked against another creation at the same time, which would count and look as we do."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{workspace_id}/fields/{noun}")
    rows = await tx.fetch("select key from custom_field where workspace_id = $1 and noun = $2", workspace_id, noun)
    return {row["key"] for row in rows}


async def has_twins(tx: Transaction, workspace_id: UUID, field: Document) -> bool:
    """Whether two live records have the same value."""
    found = await tx.fetchval(
        f"""
        select exists (
            select 1 from {field["noun"]} where workspace_id = $1 and deleted_at is null and custom ->> $2 is not null
            group by custom ->> $2 having count(*) > 1
        )""",
        workspace_id,
        field["key"],
    )
    return bool(found)
