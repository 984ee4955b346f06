"""One function a change of a definition. Values stay in their records when a definition goes: undo finds them there."""

from collections.abc import Mapping
from uuid import UUID

from contacts.custom_fields import store
from contacts.custom_fields.kind import FIELD
from contacts.custom_fields.rules import problems_of
from contacts.plain import actions as plain
from contacts.plain.store import Document
from crm_auth import Admin
from crm_db import Transaction
from crm_resource import Invalid, Json, Problem

FIELDS_MAX = 200  # of one noun


async def create(tx: Transaction, caller: Admin, values: Mapping[str, Json]) -> tuple[Document, UUID]:
    """Raises Invalid."""
    problems = problems_of(values)
    keys = await store.keys(tx, caller.workspace_id, values["noun"])
    if values["key"] in keys:
        problems.append(Problem("/key", "not_unique", "There is a field of this key already."))
    if len(keys) >= FIELDS_MAX:
        problems.append(Problem("", "too_many", f"At most {FIELDS_MAX} fields."))
    if problems:
        raise Invalid(problems)
    return await plain.create(tx, caller, FIELD, values, f"Added the field {values['label']}")


async def patch(
    tx: Transaction, caller: Admin, field_id: UUID, values: Mapping[str, Json], if_match: str | None
) -> tuple[Document, UUID | None]:
    """Key, noun and type stay as they are: values depend on them. Raises Invalid."""
    before = await plain.locked(tx, caller, FIELD, field_id, if_match)
    problems = problems_of({**before, **values})
    if problems:
        raise Invalid(problems)
    if values.get("unique") and not before["unique"] and await store.has_twins(tx, caller.workspace_id, before):
        raise Invalid([Problem("/unique", "not_unique", "Some records have the same value of this field.")])
    return await plain.change(tx, caller, FIELD, before, values, f"Edited the field {before['label']}")


async def delete(tx: Transaction, caller: Admin, field_id: UUID, if_match: str | None) -> UUID:
    before = await plain.locked(tx, caller, FIELD, field_id, if_match)
    return await plain.remove(tx, caller, FIELD, before, f"Removed the field {before['label']}")
