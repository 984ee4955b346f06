"""HTTP of history: what was done in this service, one event's changes, and undo."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post

import crm_facts
from crm_auth import Reader, Writer
from crm_db import Transaction
from crm_db import cursor as cursors
from crm_service import IDEMPOTENCY_KEY, Answer, crm
from events import http
from events.events.actions import SUMMARY_MAX_CHARS
from events.events.errors import NoSuchEvent
from events.events.facts import NOUN
from events.history.schemas import HistoryPage, OperationPage, Undone
from events.history.undo import NoSuchOperation, undo
from events.http import AnyRequest, Limit
from events.state import State


@get("/api/v1/operations", opt=crm(answer=OperationPage))
async def list_operations(
    request: AnyRequest, state: State, reader: Reader, limit: Limit = 50, cursor: str | None = None
) -> Answer:
    """What was done in this service, newest first."""
    scope, secret = f"operations {reader.workspace_id}", state.settings.crm_secret
    after = http.place(secret, cursor, scope, tuple[UUID])
    page = await crm_facts.operations_page(state.postgres, reader.workspace_id, limit=limit, after=after and after[0])
    return _page(request, page.items, page.next, secret, scope)


@post(
    "/api/v1/operations/{operation_id:uuid}/undo",
    status_code=200,
    opt=crm(answer=Undone, parameters=[IDEMPOTENCY_KEY], problems=[409]),
)
async def undo_operation(request: AnyRequest, state: State, writer: Writer, operation_id: UUID) -> Answer:
    """Puts back what an operation changed, and lists what was changed since and so is left."""
    found = await crm_facts.operation(state.postgres, writer.workspace_id, operation_id)
    if found is None:
        raise NoSuchOperation

    async def answer(tx: Transaction) -> Answer:
        undone = await undo(tx, writer, operation_id, f"Undid: {found['summary']}"[:SUMMARY_MAX_CHARS])
        return Answer(200, msgspec.json.encode(undone), {"X-Operation-Id": str(undone.operation_id)})

    return await http.keyed(request, state, writer, answer)


@get("/api/v1/events/{event_id:uuid}/history", opt=crm(answer=HistoryPage))
async def event_history(
    request: AnyRequest, state: State, reader: Reader, event_id: UUID, limit: Limit = 50, cursor: str | None = None
) -> Answer:
    """One event's changes, newest first; of a purged one it is left when and by whom."""
    scope, secret = f"history {reader.workspace_id} {event_id}", state.settings.crm_secret
    after = http.place(secret, cursor, scope, tuple[int])
    page = await crm_facts.history_page(
        state.postgres, reader.workspace_id, NOUN, event_id, limit=limit, after=after and after[0]
    )
    if after is None and not page.items:
        raise NoSuchEvent
    return _page(request, page.items, page.next, secret, scope)


ROUTES = [list_operations, undo_operation, event_history]


def _page(request: AnyRequest, items: list[dict[str, Any]], following: Any, secret: str, scope: str) -> Answer:
    next_cursor = None if following is None else cursors.encode(secret, [following], scope=scope)
    return http.page(request, msgspec.json.encode(items), next_cursor)
