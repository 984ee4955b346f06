"""A record's history as the API gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import crm_facts
from contacts.records.errors import RecordNotFound
from contacts.records.listing import parse_query
from contacts.records.resource import Resource
from contacts.state import State
from crm_auth import Caller
from crm_db import cursor


class HistoryActor(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class FieldChange(msgspec.Struct, frozen=True):
    field: str
    from_: Any = msgspec.field(name="from")
    to: Any


class HistoryItem(msgspec.Struct, frozen=True):
    """An item of the timeline of kind `change`; beside these members stands `<noun>_id`."""

    id: UUID
    at: datetime
    kind: str
    verb: str
    actor: HistoryActor
    version: int
    changes: list[FieldChange]
    operation_id: UUID


class HistoryPage(msgspec.Struct, frozen=True):
    items: list[HistoryItem]
    next_cursor: str | None


async def page(
    state: State, caller: Caller, resource: Resource, record_id: UUID, parameters: Mapping[str, str]
) -> bytes:
    """Newest first. Raises RecordNotFound for a record that never was."""
    query = parse_query(parameters)
    scope = f"{caller.workspace_id}/history/{record_id}"
    secret = state.settings.crm_secret
    after = cursor.decode(secret, query.cursor, scope=scope)[0] if query.cursor else None
    found = await crm_facts.history_page(
        state.postgres, caller.workspace_id, resource.noun, record_id, limit=query.limit, after=after
    )
    if not found.items and after is None:
        raise RecordNotFound
    following = None if found.next is None else cursor.encode(secret, [found.next], scope=scope)
    return msgspec.json.encode({"items": found.items, "next_cursor": following})
