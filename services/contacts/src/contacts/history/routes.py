"""HTTP of what was done: operations, and undo."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

import crm_facts
from contacts.history import actions
from contacts.history.errors import OperationNotFound
from contacts.jobs import store as jobs
from contacts.records import http
from contacts.records.errors import RecordNotFound
from contacts.records.history import HistoryActor
from contacts.records.listing import parse_query
from contacts.state import State
from crm_auth import Reader, Writer
from crm_db import Transaction, cursor
from crm_service import IDEMPOTENCY_KEY, IF_NONE_MATCH, Answer, crm, etag_of, json_answer

PATH = "/api/v1/operations"


class Operation(msgspec.Struct, frozen=True):
    """One click, bulk action, import or undo. `counts`: created, updated, trashed, restored, purged, deleted."""

    id: UUID
    at: datetime
    actor: HistoryActor
    kind: str
    summary: str
    counts: dict[str, int]
    status: str
    undo_of: UUID | None
    undone_by: UUID | None


class OperationPage(msgspec.Struct, frozen=True):
    items: list[Operation]
    next_cursor: str | None


class LeftField(msgspec.Struct, frozen=True):
    """What undo did not touch: `reason` is changed_since, trashed, purged or company_gone."""

    field: str | None
    reason: str
    contact_id: UUID | None = None
    company_id: UUID | None = None


class UndoAnswer(msgspec.Struct, frozen=True):
    """`status` is `running` (202) while the worker undoes a large operation: GET /operations/{id} tells of its end."""

    operation_id: UUID
    status: str
    restored: int
    left: list[LeftField]


@get(
    PATH,
    opt=crm(answer=OperationPage, parameters=[http.LIMIT_PARAMETER, http.CURSOR_PARAMETER, IF_NONE_MATCH]),
)
async def list_operations(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """What was done in the workspace, newest first."""
    query = parse_query(request.query_params)
    secret, scope = state.settings.crm_secret, f"{reader.workspace_id}/operations"
    after = UUID(cursor.decode(secret, query.cursor, scope=scope)[0]) if query.cursor else None
    page = await crm_facts.operations_page(state.postgres, reader.workspace_id, limit=query.limit, after=after)
    following = None if page.next is None else cursor.encode(secret, [page.next], scope=scope)
    body = http.encoded({"items": page.items, "next_cursor": following})
    return json_answer(request, body, etag=etag_of(body))


@get(PATH + "/{operation_id:str}", opt=crm(answer=Operation, parameters=[IF_NONE_MATCH]))
async def get_operation(request: Request[Any, Any, Any], state: State, reader: Reader, operation_id: str) -> Answer:
    """One operation; that of a large undo has `restored` and `left` beside, as far as it is."""
    found = await crm_facts.operation(state.postgres, reader.workspace_id, _id(operation_id))
    if found is None:
        raise OperationNotFound
    if found["kind"] == actions.UNDO:
        async with state.postgres.transaction(reader.workspace_id) as tx:
            progress = await jobs.progress_of(tx, reader.workspace_id, actions.UNDO, found["id"])
        if progress is not None:
            found |= {"restored": progress.get("restored", 0), "left": progress.get("left", [])}
    body = http.encoded(found)
    return json_answer(request, body, etag=etag_of(body))


@post(
    PATH + "/{operation_id:str}/undo",
    status_code=200,
    opt=crm(answer=UndoAnswer, cost=20, parameters=[IDEMPOTENCY_KEY], problems=[409]),
)
async def undo_operation(request: Request[Any, Any, Any], state: State, writer: Writer, operation_id: str) -> Answer:
    """Takes it back; a field that was changed since is left and listed. 202 while the worker undoes a large one."""
    wanted = _id(operation_id)

    async def act(tx: Transaction) -> Answer:
        undo_id, undone = await actions.undo(tx, writer, wanted)
        body = {
            "operation_id": undo_id,
            "status": "running" if undone is None else "done",
            "restored": undone.restored if undone else 0,
            "left": undone.left if undone else [],
        }
        return json_answer(request, http.encoded(body), status=200 if undone else 202, operation_id=undo_id)

    return await http.keyed(request, state, writer, act)


def _id(text: str) -> UUID:
    try:
        return http.record_id_of(text)
    except RecordNotFound:
        raise OperationNotFound from None


ROUTES = [list_operations, get_operation, undo_operation]
