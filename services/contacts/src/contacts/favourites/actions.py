"""One function a change of a person's favourites. They are nobody else's to see."""

from uuid import UUID

from contacts.favourites import store
from contacts.favourites.kind import FAVOURITE
from contacts.plain import actions as plain
from contacts.plain.store import Document
from crm_auth import Reader
from crm_db import Transaction
from crm_resource import Invalid, Problem
from crm_service import NotFound


async def add(
    tx: Transaction, caller: Reader, kind: str, record_id: UUID, position: int
) -> tuple[Document, UUID | None]:
    """The favourite, with its title; one that is there already stays as it is. Raises Invalid."""
    title = await store.title(tx, caller.workspace_id, kind, record_id, caller.user_id)
    if title is None:
        raise Invalid([Problem("/record_id", "unknown_record", "There is no such record.")])
    there = await store.own(tx, caller.workspace_id, kind, record_id, caller.user_id)
    if there is not None:
        document = await plain.locked(tx, caller, FAVOURITE, there, None)
        return {**document, "title": title}, None
    values = {"kind": kind, "record_id": str(record_id), "position": position}
    document, operation_id = await plain.create(tx, caller, FAVOURITE, values, f"Added a {kind} to the favourites")
    return {**document, "title": title}, operation_id


async def move(tx: Transaction, caller: Reader, favourite_id: UUID, position: int) -> tuple[Document, UUID | None]:
    before = await _own(tx, caller, favourite_id)
    return await plain.change(tx, caller, FAVOURITE, before, {"position": position}, "Moved a favourite")


async def remove(tx: Transaction, caller: Reader, favourite_id: UUID) -> UUID:
    before = await _own(tx, caller, favourite_id)
    return await plain.remove(tx, caller, FAVOURITE, before, f"Took a {before['kind']} out of the favourites")


async def _own(tx: Transaction, caller: Reader, favourite_id: UUID) -> Document:
    found = await plain.locked(tx, caller, FAVOURITE, favourite_id, None)
    if found["created_by"] != str(caller.user_id):
        raise NotFound
    return found
