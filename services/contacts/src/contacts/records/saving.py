"""save: the one way in which records change, for one record and for a thousand alike.

In the caller's transaction, rows already locked: rows, links, look-up keys and search words are written, then the
changes with their facts. `records/actions.py` calls it for one record, bulk, undo and imports for many.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

import crm_facts
from contacts.records import store
from contacts.records.following import follow_company
from contacts.records.record import Edit, Record
from contacts.records.resource import Resource
from contacts.tags.ensure import ensure as ensure_tags
from crm_db import Transaction
from crm_resource import Context, FieldTable, Invalid, Json, Problem, diff, flatten, pointer

Lane = Literal["interactive", "bulk"]


class Actor(Protocol):
    """Who is written into history: a caller of a request, or the one kept in a job."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def user_id(self) -> UUID: ...
    @property
    def country(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """What the edits of one call share. `fields` is the resource's table with the workspace's custom fields."""

    tx: Transaction
    actor: Actor
    resource: Resource
    fields: FieldTable
    operation_id: UUID
    lane: Lane = "interactive"

    @property
    def workspace_id(self) -> UUID:
        return self.actor.workspace_id

    @property
    def context(self) -> Context:
        return Context(self.actor.country)


def creation(values: dict[str, Json], record_id: UUID | None = None) -> Edit:
    """A record that comes to be, from values as `crm_resource.parse_new` gives them."""
    return Edit("created", None, Record(record_id or uuid7(), 0, values))


def change(record: Record, values: dict[str, Json]) -> Edit:
    return Edit("changed", record, replace(record, values=values))


def trashing(record: Record) -> Edit:
    return Edit("trashed", record, replace(record, deleted_at=datetime.now(UTC).isoformat()))


def restoring(record: Record) -> Edit:
    return Edit("restored", record, replace(record, deleted_at=None))


async def save(batch: Batch, edits: Iterable[Edit]) -> list[Edit]:
    """Writes the edits that change anything and returns them, as stored, with the new versions.

    Raises Invalid for a company that isn't there and for a value of a unique custom field that is taken; nothing may
    then be committed.
    """
    wanted = [each for each in edits if differs(batch.fields, each)]
    if not wanted:
        return []
    saved, tags = await _with_stored_tags(batch, wanted)
    names = await _company_names(batch, saved)
    await _refuse_taken(batch, saved)
    await _write_rows(batch, saved, names)
    await _write_around(batch, saved, names, tags)
    await crm_facts.append(
        batch.tx, batch.workspace_id, batch.operation_id, [_fact(batch, each) for each in saved], batch.lane
    )
    return saved


def differs(fields: FieldTable, edit: Edit) -> bool:
    """Whether an edit changes anything: one that doesn't states no fact and raises no version."""
    if edit.before is None or edit.before.deleted_at != edit.after.deleted_at:
        return True
    return flatten(fields, edit.before.values) != flatten(fields, edit.after.values)


async def _with_stored_tags(batch: Batch, edits: Sequence[Edit]) -> tuple[list[Edit], dict[str, UUID]]:
    """Each edit one version on, its tags in the spelling that they were first given; and those tags' ids."""
    names = {name for each in edits for name in each.after.values["tags"]}
    tags = await ensure_tags(
        batch.tx, batch.workspace_id, names, operation_id=batch.operation_id, user_id=batch.actor.user_id
    )

    def stored(edit: Edit) -> Edit:
        spelt = list(dict.fromkeys(tags[name].name for name in edit.after.values["tags"]))
        values = {**edit.after.values, "tags": spelt}
        return replace(edit, after=replace(edit.after, values=values, version=edit.after.version + 1))

    return [stored(each) for each in edits], {tag.name: tag.id for tag in tags.values()}


async def _company_names(batch: Batch, edits: Sequence[Edit]) -> dict[str, str]:
    ids = {company_id for each in edits if (company_id := each.after.values.get("company_id"))}
    names = await store.company_names(batch.tx, batch.workspace_id, ids)
    if ids - names.keys():
        raise Invalid([Problem("/company_id", "unknown_company", "There is no such company.")])
    return names


async def _refuse_taken(batch: Batch, edits: Sequence[Edit]) -> None:
    """A unique custom field: no two live records have the same value, within this batch either."""
    custom = batch.fields.get("custom")
    for field in custom.members if custom else ():
        if field.unique:
            await _refuse_taken_of(batch, edits, field.name)


async def _refuse_taken_of(batch: Batch, edits: Sequence[Edit], key: str) -> None:
    values = [
        store.text_of(value)
        for each in edits
        if not each.after.trashed and (value := (each.after.values.get("custom") or {}).get(key)) is not None
    ]
    if not values:
        return
    others = [each.after.id for each in edits]
    taken = await store.taken(batch.tx, batch.workspace_id, batch.resource.noun, key, values, others)
    if taken or len(set(values)) < len(values):
        raise Invalid([Problem(pointer("custom", key), "not_unique", "Another record has this value already.")])


async def _write_rows(batch: Batch, edits: Sequence[Edit], names: dict[str, str]) -> None:
    rows = [(each.before is None, _row(batch, each.after, names)) for each in edits]
    created_by = batch.actor.user_id
    fresh = [row for is_new, row in rows if is_new]
    await store.insert(batch.tx, batch.workspace_id, batch.resource, fresh, created_by)
    await store.update(batch.tx, batch.workspace_id, batch.resource, [row for is_new, row in rows if not is_new])


def _row(batch: Batch, record: Record, names: dict[str, str]) -> dict[str, Json]:
    values = _named(record, names)
    derived = batch.resource.derive(values, batch.context)
    return {**record.values, **derived, "id": record.id, "deleted_at": record.deleted_at}


def _named(record: Record, names: dict[str, str]) -> dict[str, Json]:
    return {**record.values, "company_name": names.get(record.values.get("company_id") or "")}


async def _write_around(batch: Batch, edits: Sequence[Edit], names: dict[str, str], tags: dict[str, UUID]) -> None:
    """What follows from the rows: tag links, keys, search words, the names that people show of a company."""
    for fresh in (True, False):
        some = [each for each in edits if (each.before is None) is fresh]
        await _link_tags(batch, [each for each in some if _touches(each, {"tags"})], tags, fresh=fresh)
        if batch.resource.noun == "contact":
            await _put_keys(batch, [each for each in some if _touches(each, {"emails", "phones"})], fresh=fresh)
        await _put_search(batch, [each for each in some if _is_found_otherwise(batch, each)], names, fresh=fresh)
    if batch.resource.noun == "company":
        for each in edits:
            if each.before is not None and _touches(each, {"name"}):
                await follow_company(batch.tx, batch.workspace_id, each.after.id, each.after.values["name"])


def _is_found_otherwise(batch: Batch, edit: Edit) -> bool:
    moved = edit.before is not None and edit.before.trashed != edit.after.trashed
    return moved or _touches(edit, batch.resource.searched)


async def _put_search(batch: Batch, edits: Sequence[Edit], names: dict[str, str], *, fresh: bool) -> None:
    """What is in the trash is found by nothing."""
    texts = {
        each.after.id: ("", "") if each.after.trashed else batch.resource.search_texts(_named(each.after, names))
        for each in edits
    }
    await store.put_search(batch.tx, batch.resource.noun, texts, fresh=fresh)


def _touches(edit: Edit, names: set[str] | frozenset[str]) -> bool:
    if edit.before is None:
        return True
    return any(edit.before.values.get(name) != edit.after.values.get(name) for name in names)


async def _link_tags(batch: Batch, edits: Sequence[Edit], tags: dict[str, UUID], *, fresh: bool) -> None:
    links = {each.after.id: [tags[name] for name in each.after.values["tags"]] for each in edits}
    if links and (tags or not fresh):
        await store.link_tags(batch.tx, batch.workspace_id, batch.resource.noun, links, fresh=fresh)


async def _put_keys(batch: Batch, edits: Sequence[Edit], *, fresh: bool) -> None:
    if edits:
        keys = {each.after.id: list(recognised_by(each.after.values)) for each in edits}
        await store.put_keys(batch.tx, batch.workspace_id, keys, fresh=fresh)


def recognised_by(values: Mapping[str, Json]) -> Iterable[tuple[str, str]]:
    """The keys by which a person is recognised: `("email", "a@b.c")`, `("phone", "+4930...")`."""
    for email in values.get("emails") or []:
        yield "email", email["value"]
    for phone in values.get("phones") or []:
        if phone["e164"]:
            yield "phone", phone["e164"]


def _fact(batch: Batch, edit: Edit) -> crm_facts.Change:
    before, after = diff(batch.fields, edit.before.values if edit.before else {}, edit.after.values)
    if edit.before is None:
        before = {}
    elif edit.before.deleted_at != edit.after.deleted_at:
        before["deleted_at"], after["deleted_at"] = edit.before.deleted_at, edit.after.deleted_at
    return crm_facts.Change(batch.resource.noun, edit.after.id, edit.after.version, edit.verb, before, after)
