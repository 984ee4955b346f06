"""All SQL of tags. Names are told apart without regard to case, and keep the spelling that came first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from crm_db import Transaction

from contacts.tags.tag import Tag

_FIND = """
select given.name as given, t.id, t.name
from unnest($2::text[]) given(name) join tag t on t.workspace_id = $1 and t.name_key = lower(given.name)
"""

# Two transactions that bring the same new tag: the second waits for the first, then finds its row.
_MAKE = """
insert into tag (workspace_id, id, created_by, name, name_key)
select distinct on (lower(n)) $1::uuid, uuidv7(), $3::uuid, n, lower(n) from unnest($2::text[]) n
order by lower(n)
on conflict (workspace_id, name_key) do nothing
returning id, name
"""


async def find(tx: Transaction, workspace_id: UUID, names: Sequence[str]) -> dict[str, Tag]:
    """Tags by the names as given, whatever their case."""
    rows = await tx.fetch(_FIND, workspace_id, list(names))
    return {row["given"]: Tag(row["id"], row["name"]) for row in rows}


async def make(tx: Transaction, workspace_id: UUID, names: Sequence[str], created_by: UUID) -> list[Tag]:
    """Those that did not exist before."""
    rows = await tx.fetch(_MAKE, workspace_id, list(names), created_by)
    return [Tag(row["id"], row["name"]) for row in rows]


async def lock(tx: Transaction, workspace_id: UUID, tag_id: UUID) -> Any:
    return await tx.fetchrow(
        "select id, name, color, version from tag where workspace_id = $1 and id = $2 for update", workspace_id, tag_id
    )
