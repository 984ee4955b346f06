"""HTTP of favourites: each person's own, viewers' too."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post

from contacts.favourites import actions, store
from contacts.plain.http import list_answer
from contacts.records import http
from contacts.state import State
from crm_auth import Reader
from crm_db import Transaction
from crm_service import IDEMPOTENCY_KEY, IF_NONE_MATCH, Answer, crm, json_answer, no_content

PATH = "/api/v1/favourites"

Kind = Literal["contact", "company", "view"]
Position = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Favourite(msgspec.Struct, frozen=True):
    """`title` is the record's name as it is now."""

    id: UUID
    version: int
    kind: Kind
    record_id: UUID
    position: int
    title: str
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class FavouriteList(msgspec.Struct, frozen=True):
    items: list[Favourite]
    next_cursor: str | None


class FavouriteInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: Kind
    record_id: UUID
    position: Position = 0


class FavouritePatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    position: Position


class Moved(msgspec.Struct, frozen=True):
    id: UUID
    version: int
    position: int


@get(PATH, opt=crm(answer=FavouriteList, parameters=[IF_NONE_MATCH]))
async def list_favourites(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """One's own, in one's own order."""
    return list_answer(request, await store.documents(state.postgres, reader.workspace_id, reader.user_id))


@post(PATH, opt=crm(role="viewer", answer=Favourite, parameters=[IDEMPOTENCY_KEY]))
async def create_favourite(
    request: Request[Any, Any, Any], state: State, reader: Reader, data: FavouriteInput
) -> Answer:
    """Adds a record or a view; one that is there already is answered as it is (200)."""

    async def act(tx: Transaction) -> Answer:
        document, operation_id = await actions.add(tx, reader, data.kind, data.record_id, data.position)
        status = 200 if operation_id is None else 201
        headers = {"Location": f"{PATH}/{document['id']}"}
        return json_answer(request, http.encoded(document), status=status, headers=headers, operation_id=operation_id)

    return await http.keyed(request, state, reader, act)


@patch(PATH + "/{favourite_id:str}", opt=crm(role="viewer", answer=Moved))
async def patch_favourite(
    request: Request[Any, Any, Any], state: State, reader: Reader, favourite_id: str, data: FavouritePatch
) -> Answer:
    """Another place in one's order."""
    async with state.change(reader.workspace_id) as tx:
        document, operation_id = await actions.move(tx, reader, http.record_id_of(favourite_id), data.position)
    return json_answer(request, http.encoded(document), operation_id=operation_id)


@delete(
    PATH + "/{favourite_id:str}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(role="viewer", answer_status=204),
)
async def delete_favourite(request: Request[Any, Any, Any], state: State, reader: Reader, favourite_id: str) -> Answer:
    """Takes it out; the record itself is not touched."""
    async with state.change(reader.workspace_id) as tx:
        operation_id = await actions.remove(tx, reader, http.record_id_of(favourite_id))
    return no_content(operation_id=operation_id)


ROUTES = [list_favourites, create_favourite, patch_favourite, delete_favourite]
