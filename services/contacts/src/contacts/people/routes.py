"""HTTP of people: parse, call one action or one read, shape the answer."""

from typing import Any

from litestar import Request, delete, get, patch, post

from contacts.people import PEOPLE
from contacts.records import actions, history, http, listing, reading
from contacts.state import State
from crm_auth import Reader, Writer
from crm_db import Transaction
from crm_service import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, Answer, crm, etag_of, json_answer, no_content

PATH = "/api/v1/contacts"


@get(PATH, opt=crm(answer=http.ref("ContactList"), parameters=http.LIST_PARAMETERS))
async def list_contacts(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """People, newest change first unless sorted otherwise."""
    body = await listing.page(state, reader, PEOPLE, listing.parse_query(request.query_params))
    return json_answer(request, body, etag=etag_of(body))


@post(PATH, opt=crm(body=http.ref("ContactInput"), answer=http.ref("Contact"), parameters=[IDEMPOTENCY_KEY]))
async def create_contact(request: Request[Any, Any, Any], state: State, writer: Writer) -> Answer:
    """A new person. At least one of name, e-mail, phone or company is needed."""
    body = await http.json_body(request)

    async def act(tx: Transaction) -> Answer:
        changed = await actions.create(state, writer, tx, PEOPLE, body)
        location = {"Location": f"{PATH}/{changed.record_id}"}
        return http.changed_answer(request, changed, status=201, headers=location)

    return await http.keyed(request, state, writer, act)


@get(PATH + "/{contact_id:str}", opt=crm(answer=http.ref("Contact"), parameters=[http.AS_OF, IF_NONE_MATCH]))
async def get_contact(request: Request[Any, Any, Any], state: State, reader: Reader, contact_id: str) -> Answer:
    """A person; one in the trash too (`deleted_at`)."""
    record_id = http.record_id_of(contact_id)
    moment = request.query_params.get("as_of")
    if moment is not None:
        return json_answer(request, await reading.as_of(state, reader, PEOPLE, record_id, moment))
    body, etag = await reading.one(state, reader, PEOPLE, record_id)
    return json_answer(request, body, etag=etag)


@patch(
    PATH + "/{contact_id:str}",
    opt=crm(body=http.ref("ContactInput"), answer=http.ref("Contact"), parameters=[IF_MATCH], problems=[412]),
)
async def patch_contact(request: Request[Any, Any, Any], state: State, writer: Writer, contact_id: str) -> Answer:
    """JSON Merge Patch (RFC 7396): objects merge, lists are replaced, null removes."""
    record_id = http.record_id_of(contact_id)
    body = await http.json_body(request)
    changed = await actions.patch(state, writer, PEOPLE, record_id, body, if_match=http.header(request, b"if-match"))
    return http.changed_answer(request, changed)


@delete(
    PATH + "/{contact_id:str}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(answer_status=204, parameters=[http.PURGE, IF_MATCH], problems=[409, 412]),
)
async def delete_contact(request: Request[Any, Any, Any], state: State, writer: Writer, contact_id: str) -> Answer:
    """Into the trash; with `purge=true` for good (admin)."""
    record_id = http.record_id_of(contact_id)
    if_match = http.header(request, b"if-match")
    if http.wants_purge(request):
        admin = http.as_admin(writer)
        return no_content(operation_id=await actions.purge(state, admin, PEOPLE, record_id, if_match=if_match))
    changed = await actions.trash(state, writer, PEOPLE, record_id, if_match=if_match)
    return no_content(operation_id=changed.operation_id)


@post(
    PATH + "/{contact_id:str}/restore",
    status_code=200,
    opt=crm(answer=http.ref("Contact"), parameters=[IF_MATCH, IDEMPOTENCY_KEY], problems=[409, 412]),
)
async def restore_contact(request: Request[Any, Any, Any], state: State, writer: Writer, contact_id: str) -> Answer:
    """Back out of the trash."""
    record_id = http.record_id_of(contact_id)

    async def act(tx: Transaction) -> Answer:
        if_match = http.header(request, b"if-match")
        return http.changed_answer(request, await actions.restore(tx, writer, PEOPLE, record_id, if_match=if_match))

    return await http.keyed(request, state, writer, act)


@get(
    PATH + "/{contact_id:str}/history",
    opt=crm(answer=history.HistoryPage, parameters=[http.LIMIT_PARAMETER, http.CURSOR_PARAMETER, IF_NONE_MATCH]),
)
async def contact_history(request: Request[Any, Any, Any], state: State, reader: Reader, contact_id: str) -> Answer:
    """Its changes, newest first: who, when, which fields from and to."""
    body = await history.page(state, reader, PEOPLE, http.record_id_of(contact_id), request.query_params)
    return json_answer(request, body, etag=etag_of(body))


ROUTES = [
    list_contacts,
    create_contact,
    get_contact,
    patch_contact,
    delete_contact,
    restore_contact,
    contact_history,
]
