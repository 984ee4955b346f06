"""HTTP only: parse, call one action or one read, shape the answer."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, patch, post
from litestar.params import Parameter

from crm_auth import Reader, Writer
from crm_db import Transaction, etag, once
from crm_db import cursor as cursors
from crm_service import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    Answer,
    NotFound,
    context_of,
    crm,
    etag_of,
    json_answer,
)
from service_name.service_name import actions, store
from service_name.service_name.actions import Done
from service_name.service_name.schemas import RecordName, RecordNameInput, RecordNameList, RecordNamePatch
from service_name.state import State

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=200)]

PATH = "/api/v1/service_name"
ONE = PATH + "/{record_id:uuid}"


@get(PATH, opt=crm(answer=RecordNameList, parameters=[IF_NONE_MATCH]))
async def list_service_name(
    request: AnyRequest, state: State, reader: Reader, limit: Limit = 50, cursor: str | None = None
) -> Answer:
    """Newest first."""
    secret, scope = state.settings.crm_secret, f"{PATH} {reader.workspace_id}"
    after = UUID(cursors.decode(secret, cursor, scope=scope)[0]) if cursor is not None else None
    rows, following = await store.page(state.postgres, reader.workspace_id, after, limit)
    next_cursor = None if following is None else cursors.encode(secret, [following], scope=scope)
    body = f'{{"items":[{",".join(rows)}],"next_cursor":{msgspec.json.encode(next_cursor).decode()}}}'.encode()
    return json_answer(request, body, etag=etag_of(body))


@post(PATH, opt=crm(answer=RecordName, parameters=[IDEMPOTENCY_KEY]))
async def create_record_name(request: AnyRequest, state: State, writer: Writer, data: RecordNameInput) -> Answer:
    """A new one."""
    key = context_of(request).header(b"idempotency-key")
    body_hash = hashlib.sha256(await request.body()).digest()

    async def act(tx: Transaction) -> Answer:
        return _answer(request, await actions.create(tx, writer, data), status=201)

    async with state.postgres.transaction(writer.workspace_id) as tx:
        return await once(tx, writer, key, "POST", PATH, body_hash, lambda: act(tx), make=Answer)


@get(ONE, opt=crm(answer=RecordName, parameters=[IF_NONE_MATCH]))
async def get_record_name(request: AnyRequest, state: State, reader: Reader, record_id: UUID) -> Answer:
    """One of them."""
    body = await store.read(state.postgres, reader.workspace_id, record_id)
    if body is None:
        raise NotFound
    return json_answer(request, body, etag=etag.etag(msgspec.json.decode(body, type=RecordName).version))


@patch(ONE, opt=crm(answer=RecordName, parameters=[IF_MATCH], problems=[412]))
async def patch_record_name(
    request: AnyRequest, state: State, writer: Writer, record_id: UUID, data: RecordNamePatch
) -> Answer:
    """Changes the members that are given."""
    if_match = context_of(request).header(b"if-match")
    async with state.postgres.transaction(writer.workspace_id) as tx:
        done = await actions.change(tx, writer, record_id, data, if_match=if_match)
    return _answer(request, done)


def _answer(request: AnyRequest, done: Done, *, status: int = 200) -> Answer:
    headers = {"Location": f"{PATH}/{done.record.id}"} if status == 201 else {}
    return json_answer(
        request,
        msgspec.json.encode(done.record),
        etag=etag.etag(done.record.version),
        status=status,
        headers=headers,
        operation_id=done.operation_id,
    )


ROUTES = [list_service_name, create_record_name, get_record_name, patch_record_name]
