"""A tag that nobody made yet is made on the spot, as a fact of the operation that used it."""

from collections.abc import Collection
from uuid import UUID

import crm_facts
from contacts.tags import store
from contacts.tags.tag import Tag
from crm_db import Transaction


async def ensure(
    tx: Transaction, workspace_id: UUID, names: Collection[str], *, operation_id: UUID, user_id: UUID
) -> dict[str, Tag]:
    """A tag for each name as given; several spellings of one name give the same tag."""
    wanted = list(names)
    if not wanted:
        return {}
    found = await store.find(tx, workspace_id, wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        made = await store.make(tx, workspace_id, missing, user_id)
        await crm_facts.append(
            tx,
            workspace_id,
            operation_id,
            [crm_facts.Change("tag", tag.id, 1, "created", {}, {"name": tag.name}) for tag in made],
        )
        found |= await store.find(tx, workspace_id, missing)
    return found
