"""HTTP of tags."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post

from contacts.plain.http import list_answer, row_answer
from contacts.records import http
from contacts.records.errors import RecordNotFound
from contacts.state import State
from contacts.tags import actions, store
from crm_auth import Reader, Writer
from crm_db import Transaction
from crm_service import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, Answer, crm, json_answer, no_content

PATH = "/api/v1/tags"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Color = Annotated[str, msgspec.Meta(max_length=20)]


class Tag(msgspec.Struct, frozen=True):
    """`count`: live records that have it."""

    id: UUID
    version: int
    name: str
    color: str | None
    count: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class TagList(msgspec.Struct, frozen=True):
    items: list[Tag]
    next_cursor: str | None


class TagInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: Name
    color: Color | None = None


class TagPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: Name | msgspec.UnsetType = msgspec.UNSET
    color: Color | msgspec.UnsetType | None = msgspec.UNSET


@get(PATH, opt=crm(answer=TagList, parameters=[IF_NONE_MATCH]))
async def list_tags(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """All tags by name, with how many live records have each."""
    return list_answer(request, await store.documents(state.postgres, reader.workspace_id))


@post(PATH, opt=crm(answer=Tag, parameters=[IDEMPOTENCY_KEY]))
async def create_tag(request: Request[Any, Any, Any], state: State, writer: Writer, data: TagInput) -> Answer:
    """A new tag; names are unique without regard to case."""
    values = {"name": _name(data.name), "color": data.color}

    async def act(tx: Transaction) -> Answer:
        document, operation_id = await actions.create(tx, writer, values)
        return row_answer(request, {**document, "count": 0}, operation_id, status=201, place=PATH)

    return await http.keyed(request, state, writer, act)


@get(PATH + "/{tag_id:str}", opt=crm(answer=Tag, parameters=[IF_NONE_MATCH]))
async def get_tag(request: Request[Any, Any, Any], state: State, reader: Reader, tag_id: str) -> Answer:
    """One tag."""
    found = await store.documents(state.postgres, reader.workspace_id, http.record_id_of(tag_id))
    if not found:
        raise RecordNotFound
    version = msgspec.json.decode(found[0])["version"]
    return json_answer(request, found[0].encode(), etag=f'"{version}.0"')


@patch(PATH + "/{tag_id:str}", opt=crm(answer=Tag, parameters=[IF_MATCH], problems=[412]))
async def patch_tag(
    request: Request[Any, Any, Any], state: State, writer: Writer, tag_id: str, data: TagPatch
) -> Answer:
    """A new name or colour; records show the new name at once."""
    wanted = http.record_id_of(tag_id)
    values = msgspec.to_builtins(data)
    if "name" in values:
        values["name"] = _name(values["name"])
    async with state.change(writer.workspace_id) as tx:
        document, operation_id = await actions.patch(tx, writer, wanted, values, http.header(request, b"if-match"))
    counted = msgspec.json.decode((await store.documents(state.postgres, writer.workspace_id, wanted))[0])
    return row_answer(request, {**document, "count": counted["count"]}, operation_id)


@delete(
    PATH + "/{tag_id:str}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(answer_status=204, cost=20, parameters=[IF_MATCH], problems=[412]),
)
async def delete_tag(request: Request[Any, Any, Any], state: State, writer: Writer, tag_id: str) -> Answer:
    """Takes it off every record; undo of this operation puts it back."""
    wanted = http.record_id_of(tag_id)
    async with state.change(writer.workspace_id) as tx:
        operation_id = await actions.delete(tx, writer, wanted, http.header(request, b"if-match"))
    return no_content(operation_id=operation_id)


def _name(text: str) -> str:
    name = text.strip()
    if not name or "\0" in name:
        raise http.refuse("/name", "required", "A tag needs a name.")
    return name


ROUTES = [list_tags, create_tag, get_tag, patch_tag, delete_tag]
