"""HTTP of imports: upload, look at the guesses, set the mapping, check, run, read what happened."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, BinaryIO, cast
from urllib.parse import quote

from litestar import Request, get, patch, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Stream

from contacts.imports import actions, reading
from contacts.imports.plan import Outcome
from contacts.imports.schemas import ContactImport, ImportList, ImportPatch, ImportRow, ImportRows, RowPatch
from contacts.records import http
from contacts.records.listing import parse_query
from contacts.state import State
from crm_auth import Reader, Writer
from crm_db import Transaction, once
from crm_resource import BadQuery, Problem
from crm_service import IDEMPOTENCY_KEY, IF_NONE_MATCH, Answer, crm, etag_of, json_answer

PATH = "/api/v1/imports"
FILE_MAX_BYTES = 50 * 1024 * 1024
_OUTCOME = {
    "name": "outcome",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "enum": [outcome.value for outcome in Outcome]},
    "description": "Only rows with this outcome.",
}


@dataclass
class ImportUpload:
    """A CSV file: UTF-8, UTF-16 or Windows-1252; comma, semicolon, tab or pipe; its first row names the columns."""

    file: UploadFile


@post(
    PATH,
    opt=crm(answer=ContactImport, cost=50, long=True, body_max_bytes=FILE_MAX_BYTES + 64 * 1024,
            parameters=[IDEMPOTENCY_KEY], problems=[413, 415, 422]),
)  # fmt: skip
async def create_import(
    request: Request[Any, Any, Any],
    state: State,
    writer: Writer,
    data: Annotated[ImportUpload, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Answer:
    """Takes a file of up to 100,000 rows and guesses what its columns mean. Nothing of it is in the CRM yet."""
    file = cast(BinaryIO, data.file.file)  # a spooled file is one in all but its type
    digest = await asyncio.to_thread(_digest, file)
    async with state.change(writer.workspace_id) as tx:

        async def act() -> Answer:
            body = await actions.upload(tx, writer, data.file.filename, file)
            return json_answer(request, body, status=201)

        key = http.header(request, b"idempotency-key")
        return await once(tx, writer, key, request.method, PATH, digest, act, make=Answer)


def _digest(file: BinaryIO) -> bytes:
    digest = sha256()
    while block := file.read(1024 * 1024):
        digest.update(block)
    return digest.digest()


@get(PATH, opt=crm(answer=ImportList, parameters=[http.LIMIT_PARAMETER, http.CURSOR_PARAMETER]))
async def list_imports(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """The workspace's imports, newest first."""
    query = parse_query(request.query_params)
    body = await reading.page(state, reader, limit=query.limit, after=query.cursor)
    return json_answer(request, body, etag=etag_of(body))


@get(PATH + "/{import_id:str}", opt=crm(answer=ContactImport, parameters=[IF_NONE_MATCH]))
async def get_import(request: Request[Any, Any, Any], state: State, reader: Reader, import_id: str) -> Answer:
    """Its state, progress and totals: what a progress bar asks for."""
    _, body = await reading.one(state, reader, http.record_id_of(import_id))
    return json_answer(request, body, etag=etag_of(body))


@patch(PATH + "/{import_id:str}", opt=crm(answer=ContactImport, problems=[409]))
async def patch_import(
    request: Request[Any, Any, Any], state: State, writer: Writer, import_id: str, data: ImportPatch
) -> Answer:
    """Another mapping, or another way to match: an earlier check is void then. 409 while it is worked on, and after."""
    async with state.change(writer.workspace_id) as tx:
        body = await actions.configure(tx, writer, http.record_id_of(import_id), data)
    return json_answer(request, body)


@post(
    PATH + "/{import_id:str}/check",
    status_code=202,
    opt=crm(answer=ContactImport, cost=5, parameters=[IDEMPOTENCY_KEY], problems=[409]),
)
async def check_import(request: Request[Any, Any, Any], state: State, writer: Writer, import_id: str) -> Answer:
    """Says of each row what it would do, in the background. Nothing is written."""

    async def act(tx: Transaction) -> Answer:
        body = await actions.request_check(tx, writer, http.record_id_of(import_id))
        return json_answer(request, body, status=202)

    return await http.keyed(request, state, writer, act)


@post(
    PATH + "/{import_id:str}/run",
    status_code=202,
    opt=crm(answer=ContactImport, cost=5, parameters=[IDEMPOTENCY_KEY], problems=[409]),
)
async def run_import(request: Request[Any, Any, Any], state: State, writer: Writer, import_id: str) -> Answer:
    """Brings the rows in, in the background, as one operation that can be undone. Invalid rows are left out."""

    async def act(tx: Transaction) -> Answer:
        body, operation_id = await actions.request_run(tx, writer, http.record_id_of(import_id))
        return json_answer(request, body, status=202, operation_id=operation_id)

    return await http.keyed(request, state, writer, act)


@get(
    PATH + "/{import_id:str}/rows",
    opt=crm(answer=ImportRows, parameters=[_OUTCOME, http.LIMIT_PARAMETER, http.CURSOR_PARAMETER]),
)
async def import_rows(request: Request[Any, Any, Any], state: State, reader: Reader, import_id: str) -> Answer:
    """The diff, row by row, in the file's order; outcomes are null before the first check."""
    query = parse_query(request.query_params)
    outcomes = _outcomes(request.query_params.get("outcome"))
    body = await reading.rows(
        state, reader, http.record_id_of(import_id), outcomes, limit=query.limit, after=query.cursor
    )
    return json_answer(request, body, etag=etag_of(body))


def _outcomes(given: str | None) -> list[Outcome] | None:
    if given is None:
        return None
    try:
        return [Outcome(given)]
    except ValueError:
        known = ", ".join(outcome.value for outcome in Outcome)
        raise BadQuery([Problem("/query/outcome", "bad_value", f"This must be one of {known}.")]) from None


@patch(PATH + "/{import_id:str}/rows/{row:int}", opt=crm(answer=ImportRow, problems=[409]))
async def mend_row(
    request: Request[Any, Any, Any], state: State, writer: Writer, import_id: str, row: int, data: RowPatch
) -> Answer:
    """Other cells for one row of the file, and what the row would do now."""
    async with state.change(writer.workspace_id) as tx:
        body = await actions.mend(tx, writer, http.record_id_of(import_id), row, data.cells)
    return json_answer(request, body)


@get(
    PATH + "/{import_id:str}/errors.csv",
    opt=crm(answer={"type": "string"}, answer_media_type="text/csv", cost=5, long=True),
)
async def import_errors(state: State, reader: Reader, import_id: str) -> Stream:
    """The rows that failed as they came, with row, column, code and reason in front: to be mended and imported."""
    each, _ = await reading.one(state, reader, http.record_id_of(import_id))
    name = each.filename.rpartition(".")[0] or each.filename
    disposition = "attachment; filename=\"errors.csv\"; filename*=UTF-8''" + quote(f"{name} errors.csv")
    return Stream(
        reading.errors_csv(state, reader, each),
        media_type="text/csv",
        headers={"Content-Disposition": disposition},
    )


ROUTES = [
    create_import,
    list_imports,
    get_import,
    patch_import,
    check_import,
    run_import,
    import_rows,
    mend_row,
    import_errors,
]
