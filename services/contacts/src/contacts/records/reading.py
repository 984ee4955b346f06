"""One record: from the cache, from the table, or as it was on a date."""

from datetime import datetime
from uuid import UUID

import msgspec

import crm_facts
from contacts.records.errors import RecordNotFound
from contacts.records.resource import Resource
from contacts.records.statements import statements
from contacts.state import State
from crm_auth import Caller
from crm_resource import BadQuery, unflatten
from crm_resource.values import Rejected, parse_instant


async def one(state: State, caller: Caller, resource: Resource, record_id: UUID) -> tuple[bytes, str]:
    """Bytes and ETag. In the cache the ETag stands before the bytes, on a line of its own. Raises RecordNotFound."""
    kept = await state.cache.load(
        caller.workspace_id, f"{resource.noun}:{record_id}", lambda: _load(state, caller, resource, record_id)
    )
    tag, _, body = kept.partition(b"\n")
    return body, tag.decode()


async def _load(state: State, caller: Caller, resource: Resource, record_id: UUID) -> bytes:
    rows = await state.postgres.read(caller.workspace_id, statements(resource).answer, record_id)
    if not rows:
        raise RecordNotFound
    return f'"{rows[0]["etag"]}"\n{rows[0]["body"]}'.encode()


async def as_of(state: State, caller: Caller, resource: Resource, record_id: UUID, text: str) -> bytes:
    """The record's own fields as they were at that moment, folded from its history."""
    at = parse_moment(text)
    async with state.postgres.transaction(caller.workspace_id) as tx:
        flat = await crm_facts.as_of(tx, resource.noun, record_id, at)
    if flat is None:
        raise RecordNotFound
    values = unflatten(resource.fields, {name: value for name, value in flat.items() if name not in _APART})
    document = {"id": flat["id"], "version": flat["version"], **values, "deleted_at": flat.get("deleted_at")}
    return msgspec.json.encode({**document, "as_of": at})


_APART = ("id", "version", "deleted_at")


def parse_moment(text: str) -> datetime:
    try:
        return parse_instant(text.replace(" ", "+"))  # a "+" in a query that nobody escaped is a space
    except Rejected as rejected:
        raise BadQuery([problem.under("/query/as_of") for problem in rejected.problems]) from None
