"""HTTP of events: parse, call one action or one read, shape the answer."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.params import QueryParameter

import crm_facts
from crm_auth import Caller, Reader, Writer
from crm_db import Transaction, etag
from crm_resource import BadQuery, Problem, unflatten, written_schema
from crm_resource.values import Rejected, parse_instant
from crm_service import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, Answer, crm, etag_of, json_answer, no_content
from events import http
from events.events import actions, calendar, store
from events.events.actions import Done, Neighbours
from events.events.errors import InTrash, NoSuchEvent, StaleVersion
from events.events.facts import NOUN
from events.events.fields import EVENT
from events.events.listing import Due, Query, after_of, conditions, next_cursor, order_of
from events.events.rules import Named, newly_named, zone_of
from events.events.schemas import CalendarRange, Event, EventPage
from events.http import AnyRequest, Limit
from events.state import State

Act = Callable[[Transaction], Awaitable[Done]]

_BODY = written_schema(EVENT)


class _Versioned(msgspec.Struct):
    version: int


_versioned = msgspec.json.Decoder(_Versioned).decode


@get("/api/v1/events", opt=crm(answer=EventPage, parameters=[IF_NONE_MATCH]))
async def list_events(
    request: AnyRequest,
    state: State,
    reader: Reader,
    limit: Limit = 50,
    cursor: str | None = None,
    sort: str = "-updated_at",
    q: str | None = None,
    filter: str | None = None,
    count: Literal["exact"] | None = None,
    trashed: bool = False,
    due: Due | None = None,
) -> Answer:
    """Events, a page at a time. `due` gives open tasks: one bucket of the task list, by the workspace's time zone."""
    query = Query(sort=sort, q=q, filter=filter, trashed=trashed, due=due)

    async def load() -> bytes:
        return await _page(state, reader, query, cursor, limit, exact=count == "exact")

    if query.moves_with_time:
        body = await load()
    else:
        key = f"events:{hashlib.blake2b(repr((query, cursor, limit, count, reader.time_zone)).encode()).hexdigest()}"
        body = await state.cache.load(reader.workspace_id, key, load)
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/events", opt=crm(body=_BODY, answer=Event, parameters=[IDEMPOTENCY_KEY]))
async def create_event(request: AnyRequest, state: State, writer: Writer, data: dict[str, Any]) -> Answer:
    """A note, task, meeting, call or e-mail. The contacts service is asked whether those whom it names exist."""
    event = actions.parse(data, writer)
    await actions.check_named(writer, event, newly_named(None, event), _neighbours(state))
    return await _posted(request, state, writer, lambda tx: actions.create(tx, writer, event), created=True)


@get("/api/v1/events/{event_id:uuid}", opt=crm(answer=Event, parameters=[IF_NONE_MATCH]))
async def get_event(
    request: AnyRequest, state: State, reader: Reader, event_id: UUID, as_of: str | None = None
) -> Answer:
    """One event, also from the trash. With `as_of` its own fields as they were at that moment."""
    if as_of is not None:
        return json_answer(request, await _as_of(state, reader, event_id, _instant("as_of", as_of)))

    async def load() -> bytes:
        record = await store.get(state.postgres, reader.workspace_id, event_id)
        if record is None:
            raise NoSuchEvent
        return record

    body = await state.cache.load(reader.workspace_id, f"event:{event_id}", load)
    return json_answer(request, body, etag=etag.etag(_versioned(body).version))


@patch("/api/v1/events/{event_id:uuid}", opt=crm(body=_BODY, answer=Event, parameters=[IF_MATCH], problems=[412]))
async def change_event(
    request: AnyRequest, state: State, writer: Writer, event_id: UUID, data: dict[str, Any]
) -> Answer:
    """JSON Merge Patch (RFC 7396)."""
    sent = actions.parse_change(data)
    if_match = http.header(request, b"if-match")
    asked = await _ask(state, writer, event_id, sent, if_match)
    done = await state.change(
        writer.workspace_id, lambda tx: actions.change(tx, writer, event_id, sent, if_match=if_match, asked=asked)
    )
    return _answer(done)


@post(
    "/api/v1/events/{event_id:uuid}/done",
    status_code=200,
    opt=crm(answer=Event, parameters=[IF_MATCH, IDEMPOTENCY_KEY], problems=[409, 412]),
)
async def finish_event(request: AnyRequest, state: State, writer: Writer, event_id: UUID) -> Answer:
    """A task, call or meeting is done now; one that is done stays as it is."""
    if_match = http.header(request, b"if-match")
    return await _posted(
        request, state, writer, lambda tx: actions.set_done(tx, writer, event_id, done=True, if_match=if_match)
    )


@post(
    "/api/v1/events/{event_id:uuid}/reopen",
    status_code=200,
    opt=crm(answer=Event, parameters=[IF_MATCH, IDEMPOTENCY_KEY], problems=[409, 412]),
)
async def reopen_event(request: AnyRequest, state: State, writer: Writer, event_id: UUID) -> Answer:
    if_match = http.header(request, b"if-match")
    return await _posted(
        request, state, writer, lambda tx: actions.set_done(tx, writer, event_id, done=False, if_match=if_match)
    )


@post(
    "/api/v1/events/{event_id:uuid}/restore",
    status_code=200,
    opt=crm(answer=Event, parameters=[IDEMPOTENCY_KEY], problems=[409]),
)
async def restore_event(request: AnyRequest, state: State, writer: Writer, event_id: UUID) -> Answer:
    """Back from the trash."""
    return await _posted(request, state, writer, lambda tx: actions.restore(tx, writer, event_id))


@delete(
    "/api/v1/events/{event_id:uuid}",
    status_code=200,  # what it answers is 204; Litestar refuses a handler that answers anything under that name
    opt=crm(answer_status=204, parameters=[IF_MATCH], problems=[409, 412]),
)
async def delete_event(
    request: AnyRequest, state: State, writer: Writer, event_id: UUID, purge: bool = False
) -> Answer:
    """Into the trash; with `purge=true` (admin) for good, with its content in timeline and history."""
    if purge:
        http.must_be_admin(writer)
    action = actions.purge if purge else actions.trash
    if_match = http.header(request, b"if-match")
    done = await state.change(writer.workspace_id, lambda tx: action(tx, writer, event_id, if_match=if_match))
    return no_content(operation_id=done.operation_id)


@get("/api/v1/calendar", opt=crm(answer=CalendarRange))
async def read_calendar(
    request: AnyRequest,
    state: State,
    reader: Reader,
    since: Annotated[str, QueryParameter(name="from", description="Instant or date; inclusive.")],
    until: Annotated[str, QueryParameter(name="to", description="Instant or date; exclusive. At most 366 days later.")],
) -> Answer:
    """What stands in the calendar between two instants: recurring events once for each time that they take place."""
    start, end = _instant("from", since), _instant("to", until)
    if not start < end <= start + calendar.RANGE_MAX:
        raise BadQuery([Problem("/query/to", "bad_range", "`to` lies after `from`, by at most 366 days.")])
    events = await store.in_range(state.postgres, reader.workspace_id, start, end, calendar.ITEMS_MAX + 1)
    body = msgspec.json.encode(calendar.expand(events, start, end, zone_of(reader.time_zone)))
    return json_answer(request, body, etag=etag_of(body))


ROUTES = [
    list_events,
    create_event,
    get_event,
    change_event,
    finish_event,
    reopen_event,
    restore_event,
    delete_event,
    read_calendar,
]


async def _page(state: State, reader: Caller, query: Query, cursor: str | None, limit: int, *, exact: bool) -> bytes:
    order, secret = order_of(query), state.settings.crm_secret
    after = after_of(query, order, cursor, secret, reader.workspace_id)
    where = conditions(query, zone_of(reader.time_zone))
    listed = await store.page(state.postgres, reader.workspace_id, where.sql, where.arguments, order, after, limit)
    total = await store.count(state.postgres, reader.workspace_id, where.sql, where.arguments) if exact else None
    following = next_cursor(query, order, listed.next_after, secret, reader.workspace_id)
    return http.page_body(b"[" + ",".join(listed.records).encode() + b"]", following, total)


async def _ask(state: State, writer: Writer, event_id: UUID, sent: dict[str, Any], if_match: str | None) -> Named:
    """Whom the patch newly names has to exist. Asked before the row is locked: no lock waits for another service."""
    record = await store.get(state.postgres, writer.workspace_id, event_id)
    if record is None:
        raise NoSuchEvent
    before = msgspec.json.decode(record, type=Event)
    if not etag.matches(if_match, before.version):
        raise StaleVersion
    if before.deleted_at is not None:
        raise InTrash
    after = actions.with_patch(before, sent, writer)
    named = newly_named(before, after)
    await actions.check_named(writer, after, named, _neighbours(state))
    return named


async def _posted(request: AnyRequest, state: State, writer: Writer, act: Act, *, created: bool = False) -> Answer:
    async def answer(tx: Transaction) -> Answer:
        return _answer(await act(tx), created=created)

    return await http.keyed(request, state, writer, answer)


async def _as_of(state: State, reader: Caller, event_id: UUID, at: datetime) -> bytes:
    async with state.postgres.transaction(reader.workspace_id) as tx:
        past = await crm_facts.as_of(tx, NOUN, event_id, at)
    if past is None:
        raise NoSuchEvent
    blank = unflatten(EVENT, {"all_day": False}) | {"deleted_at": None}
    return msgspec.json.encode({**blank, **past, "as_of": at})


def _answer(done: Done, *, created: bool = False) -> Answer:
    headers = {"ETag": etag.etag(done.stored.event.version)}
    if done.operation_id is not None:
        headers["X-Operation-Id"] = str(done.operation_id)
    if created:
        headers["Location"] = f"/api/v1/events/{done.stored.event.id}"
    return Answer(201 if created else 200, done.stored.record, headers)


def _neighbours(state: State) -> Neighbours:
    return Neighbours(contacts=state.contacts, identity=state.identity)


def _instant(name: str, text: str) -> datetime:
    try:
        return parse_instant(text)
    except Rejected as rejected:
        raise BadQuery([problem.under(f"/query/{name}") for problem in rejected.problems]) from None
