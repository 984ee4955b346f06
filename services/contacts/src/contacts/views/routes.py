"""HTTP of saved views."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post

from contacts.plain import store
from contacts.plain.http import list_answer, row_answer
from contacts.records import http
from contacts.state import State
from contacts.views import actions
from contacts.views.kind import VIEW
from crm_auth import Reader, Writer
from crm_db import Transaction
from crm_service import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, Answer, NotFound, crm, json_answer, no_content

PATH = "/api/v1/views"
VISIBLE = "(t.shared or t.created_by = $2)"

Kind = Literal["contact", "company"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`field` as filters name it; `width` in pixels."""

    field: str
    width: Annotated[int, msgspec.Meta(ge=20, le=2000)] | None = None


Columns = Annotated[list[Column], msgspec.Meta(max_length=100)]


class View(msgspec.Struct, frozen=True):
    id: UUID
    version: int
    name: str
    kind: Kind
    columns: list[Column]
    sort: str | None
    filter: dict[str, Any] | None
    shared: bool
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class ViewList(msgspec.Struct, frozen=True):
    items: list[View]
    next_cursor: str | None


class ViewInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    kind: Kind = "contact"
    columns: Columns = []
    sort: str | None = None
    filter: dict[str, Any] | None = None
    shared: bool = False


class ViewPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: Name | msgspec.UnsetType = msgspec.UNSET
    columns: Columns | msgspec.UnsetType = msgspec.UNSET
    sort: str | msgspec.UnsetType | None = msgspec.UNSET
    filter: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    shared: bool | msgspec.UnsetType = msgspec.UNSET


@get(PATH, opt=crm(answer=ViewList, parameters=[IF_NONE_MATCH]))
async def list_views(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """One's own views and the shared ones, by name."""
    documents = await store.documents(
        state.postgres, reader.workspace_id, VIEW, where=VISIBLE, order="lower(t.name), t.id", args=(reader.user_id,)
    )
    return list_answer(request, documents)


@get(PATH + "/{view_id:str}", opt=crm(answer=View, parameters=[IF_NONE_MATCH]))
async def get_view(request: Request[Any, Any, Any], state: State, reader: Reader, view_id: str) -> Answer:
    """One's own view, or a shared one."""
    args = (reader.user_id, http.record_id_of(view_id))
    found = await store.documents(
        state.postgres, reader.workspace_id, VIEW, where=f"{VISIBLE} and t.id = $3", args=args
    )
    if not found:
        raise NotFound
    return json_answer(request, found[0].encode(), etag=f'"{msgspec.json.decode(found[0])["version"]}.0"')


@post(PATH, opt=crm(answer=View, parameters=[IDEMPOTENCY_KEY]))
async def create_view(request: Request[Any, Any, Any], state: State, writer: Writer, data: ViewInput) -> Answer:
    """Saves a view: columns, sort and filter under a name."""

    async def act(tx: Transaction) -> Answer:
        document, operation_id = await actions.create(tx, writer, msgspec.to_builtins(data))
        return row_answer(request, document, operation_id, status=201, place=PATH)

    return await http.keyed(request, state, writer, act)


@patch(PATH + "/{view_id:str}", opt=crm(answer=View, parameters=[IF_MATCH], problems=[412]))
async def patch_view(
    request: Request[Any, Any, Any], state: State, writer: Writer, view_id: str, data: ViewPatch
) -> Answer:
    """Members that are given replace those that are kept. A shared view is its maker's and the admins' to change."""
    wanted, values = http.record_id_of(view_id), msgspec.to_builtins(data)
    async with state.change(writer.workspace_id) as tx:
        document, operation_id = await actions.patch(tx, writer, wanted, values, http.header(request, b"if-match"))
    return row_answer(request, document, operation_id)


@delete(
    PATH + "/{view_id:str}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(answer_status=204, parameters=[IF_MATCH], problems=[412]),
)
async def delete_view(request: Request[Any, Any, Any], state: State, writer: Writer, view_id: str) -> Answer:
    """Deletes a view; records are not touched."""
    wanted = http.record_id_of(view_id)
    async with state.change(writer.workspace_id) as tx:
        operation_id = await actions.delete(tx, writer, wanted, http.header(request, b"if-match"))
    return no_content(operation_id=operation_id)


ROUTES = [list_views, get_view, create_view, patch_view, delete_view]
