"""One function a change of a tag. Its name stands in records too: there it is theirs to show."""

from collections.abc import Mapping
from uuid import UUID

import crm_facts
from contacts.custom_fields.fields import table_in
from contacts.plain import actions as plain
from contacts.plain.store import Document
from contacts.records.record import Edit, Record
from contacts.records.saving import Batch, Lane, change, save
from contacts.records.store import lock
from contacts.resources import BY_NOUN
from contacts.tags import store
from contacts.tags.kind import TAG
from crm_auth import Writer
from crm_db import Transaction
from crm_resource import Invalid, Json, Problem

CHUNK = 500  # records a statement


async def create(tx: Transaction, caller: Writer, values: Mapping[str, Json]) -> tuple[Document, UUID]:
    """Raises Invalid for a name that is taken."""
    await _refuse_taken(tx, caller, str(values["name"]), None)
    return await plain.create(tx, caller, TAG, values, f"Created the tag {values['name']}")


async def patch(
    tx: Transaction, caller: Writer, tag_id: UUID, values: Mapping[str, Json], if_match: str | None
) -> tuple[Document, UUID | None]:
    """A new name shows at once in all records that have the tag; no version of theirs rises."""
    before = await plain.locked(tx, caller, TAG, tag_id, if_match)
    if "name" in values:
        await _refuse_taken(tx, caller, str(values["name"]), tag_id)
    document, operation_id = await plain.change(tx, caller, TAG, before, values, f"Edited the tag {before['name']}")
    if document["name"] != before["name"]:
        for noun in BY_NOUN:
            await store.follow(tx, caller.workspace_id, noun, tag_id, before["name"], document["name"])
    return document, operation_id


async def _refuse_taken(tx: Transaction, caller: Writer, name: str, but: UUID | None) -> None:
    other = (await store.find(tx, caller.workspace_id, [name])).get(name)
    if other is not None and other.id != but:
        raise Invalid([Problem("/name", "not_unique", "There is a tag of this name already.")])


async def delete(tx: Transaction, caller: Writer, tag_id: UUID, if_match: str | None) -> UUID:
    """Taken off all records that have it, each a change of its own within one operation: undo puts it back."""
    before = await plain.locked(tx, caller, TAG, tag_id, if_match)
    operation_id = await crm_facts.begin(tx, caller, kind="delete", summary=f"Deleted the tag {before['name']}")
    changed = 0
    for noun in BY_NOUN:
        changed += await _take_off(tx, caller, noun, tag_id, before["name"], operation_id)
    await crm_facts.finish(tx, operation_id, counts={"updated": changed, "deleted": 1})
    return await plain.remove(tx, caller, TAG, before, "", operation_id)


async def _take_off(tx: Transaction, caller: Writer, noun: str, tag_id: UUID, name: str, operation_id: UUID) -> int:
    resource = BY_NOUN[noun]
    fields = await table_in(tx, caller.workspace_id, resource)
    ids = await store.tagged(tx, caller.workspace_id, noun, tag_id)
    lane: Lane = "interactive" if len(ids) <= CHUNK else "bulk"
    batch = Batch(tx, caller, resource, fields, operation_id, lane)
    changed = 0
    for start in range(0, len(ids), CHUNK):
        records = await lock(tx, caller.workspace_id, resource, ids[start : start + CHUNK])
        changed += len(await save(batch, [_without(record, name) for record in records.values()]))
    return changed


def _without(record: Record, name: str) -> Edit:
    return change(record, {**record.values, "tags": [tag for tag in record.values["tags"] if tag != name]})
