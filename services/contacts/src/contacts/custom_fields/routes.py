"""HTTP of custom field definitions."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post

from contacts.custom_fields import actions
from contacts.custom_fields.kind import FIELD
from contacts.custom_fields.rules import key_of
from contacts.plain import store
from contacts.plain.http import list_answer, row_answer
from contacts.records import http
from contacts.state import State
from crm_auth import Admin, Reader
from crm_db import Transaction
from crm_service import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, Answer, crm, no_content

PATH = "/api/v1/fields"

Type = Literal["text", "number", "date", "boolean", "select", "multi_select", "url", "email", "phone"]
Noun = Literal["contact", "company"]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Options = list[Annotated[str, msgspec.Meta(min_length=1, max_length=200)]]


class CustomField(msgspec.Struct, frozen=True):
    """A field of people or companies that a workspace added; its values are `custom.<key>`."""

    id: UUID
    version: int
    noun: Noun
    key: str
    label: str
    type: Type
    options: list[str]
    required: bool
    unique: bool
    default: Any
    position: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class CustomFieldList(msgspec.Struct, frozen=True):
    items: list[CustomField]
    next_cursor: str | None


class CustomFieldInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`key` is made of the label where it isn't given; `noun` is contact where it isn't given."""

    label: Label
    type: Type
    key: str | None = None
    noun: Noun = "contact"
    options: Options = []
    required: bool = False
    unique: bool = False
    default: Any = None
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class CustomFieldPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    label: Label | msgspec.UnsetType = msgspec.UNSET
    options: Options | msgspec.UnsetType = msgspec.UNSET
    required: bool | msgspec.UnsetType = msgspec.UNSET
    unique: bool | msgspec.UnsetType = msgspec.UNSET
    default: Any | msgspec.UnsetType = msgspec.UNSET
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | msgspec.UnsetType = msgspec.UNSET


@get(PATH, opt=crm(answer=CustomFieldList, parameters=[IF_NONE_MATCH]))
async def list_fields(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """All custom fields, those of people first, in their order."""
    order = "t.noun desc, t.position, t.key"
    return list_answer(request, await store.documents(state.postgres, reader.workspace_id, FIELD, order=order))


@post(PATH, opt=crm(answer=CustomField, parameters=[IDEMPOTENCY_KEY]))
async def create_field(request: Request[Any, Any, Any], state: State, admin: Admin, data: CustomFieldInput) -> Answer:
    """A new custom field (admin)."""
    values = {**msgspec.to_builtins(data), "key": data.key or key_of(data.label)}

    async def act(tx: Transaction) -> Answer:
        document, operation_id = await actions.create(tx, admin, values)
        return row_answer(request, document, operation_id, status=201, place=PATH)

    return await http.keyed(request, state, admin, act)


@patch(PATH + "/{field_id:str}", opt=crm(answer=CustomField, parameters=[IF_MATCH], problems=[412]))
async def patch_field(
    request: Request[Any, Any, Any], state: State, admin: Admin, field_id: str, data: CustomFieldPatch
) -> Answer:
    """Label, options, rules and order; key and type stay (admin)."""
    wanted = http.record_id_of(field_id)
    async with state.change(admin.workspace_id) as tx:
        document, operation_id = await actions.patch(
            tx, admin, wanted, msgspec.to_builtins(data), http.header(request, b"if-match")
        )
    return row_answer(request, document, operation_id)


@delete(
    PATH + "/{field_id:str}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(answer_status=204, parameters=[IF_MATCH], problems=[412]),
)
async def delete_field(request: Request[Any, Any, Any], state: State, admin: Admin, field_id: str) -> Answer:
    """Removes the definition (admin); values stay in the records' history."""
    wanted = http.record_id_of(field_id)
    async with state.change(admin.workspace_id) as tx:
        operation_id = await actions.delete(tx, admin, wanted, http.header(request, b"if-match"))
    return no_content(operation_id=operation_id)


ROUTES = [list_fields, create_field, patch_field, delete_field]
