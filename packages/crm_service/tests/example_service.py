"""A service as small as one can be, for the tests: `python example_service.py serve|work|openapi`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post

from crm_auth import Admin, Reader, User, Writer
from crm_service import (
    Answer,
    Refused,
    ServiceApp,
    ServiceClient,
    ServiceSettings,
    create_app,
    crm,
    etag_of,
    json_answer,
    no_content,
    remaining_s,
    run,
)

AnyRequest = Request[Any, Any, Any]


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """events_url: the service that `relayed` asks."""

    crm_events_url: str = ""
    crm_fail_checks: list[str] = msgspec.field(default_factory=list)


class Dependency:
    """Stands for a server that this service holds: down if the environment says so."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._down = name in settings.crm_fail_checks

    async def ping(self) -> None:
        if self._down:
            raise ConnectionError("postgres.internal:5432 refused")


@dataclass(frozen=True)
class State:
    db: Dependency
    valkey: Dependency
    events: ServiceClient
    seen: list[str]


class Address(msgspec.Struct, forbid_unknown_fields=True):
    city: str


class NewPerson(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(max_length=200)]
    age: int | None = None
    addresses: list[Address] = []


class Person(msgspec.Struct):
    id: UUID
    name: str


class Locked(Refused):
    status, code, detail = 409, "locked", "Somebody else is changing this."


class Elsewhere(Exception):
    """As another package raises it: recognised by shape."""

    status, code, detail, retry_after_s, outcome = 503, "database_busy", "Try again.", 1.2, "unknown"


@get("/api/v1/people/{person_id:uuid}", opt=crm(answer=Person))
async def read(reader: Reader, state: State, person_id: UUID, request: AnyRequest) -> Answer:
    """One person."""
    return json_answer(request, b'{"id":"%s","name":"Ada"}' % str(person_id).encode(), etag='"1.0"')


@get("/api/v1/people", opt=crm(cost=5))
async def page(
    reader: Reader, request: AnyRequest, limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50, q: str | None = None
) -> Answer:
    body = b'{"items":[],"next_cursor":null}'
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/people", opt=crm(answer=Person))
async def create(writer: Writer, data: NewPerson, state: State) -> Answer:
    state.seen.append(data.name)
    return Answer(201, msgspec.json.encode(data), {"X-Operation-Id": "op"})


@post("/api/v1/echo")
async def echo(writer: Writer, data: NewPerson) -> NewPerson:
    return data


@delete("/api/v1/people/{person_id:uuid}", status_code=204, opt=crm(role="admin"))
async def purge(admin: Admin, person_id: UUID) -> Answer:
    return no_content(operation_id="op")


@get("/api/v1/me")
async def me(user: User) -> Answer:
    return Answer(body=msgspec.json.encode({"id": user.user_id, "email": user.email, "name": user.name}))


@get("/api/v1/whoami")
async def whoami(reader: Reader) -> Answer:
    return Answer(
        body=msgspec.json.encode({"role": reader.role, "actor": reader.actor_name, "trace": reader.traceparent})
    )


@get("/api/v1/fault/{kind:str}", opt=crm(public=True))
async def fault(kind: str) -> Answer:
    faults = {"crash": RuntimeError("secret detail"), "refused": Locked(), "elsewhere": Elsewhere()}
    raise faults[kind]


async def _take_time(state: State, seconds: float) -> Answer:
    left_s = remaining_s()
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        state.seen.append("cancelled")
        raise
    state.seen.append("finished")
    return Answer(body=msgspec.json.encode({"left_s": left_s}))


@get("/api/v1/slow", opt=crm(public=True))
async def slow(state: State, seconds: float = 0.0) -> Answer:
    return await _take_time(state, seconds)


@post("/api/v1/slow", opt=crm(public=True))
async def slow_change(state: State, seconds: float = 0.0) -> Answer:
    return await _take_time(state, seconds)


@get("/api/v1/seen", opt=crm(public=True))
async def seen(state: State) -> Answer:
    return Answer(body=msgspec.json.encode(state.seen))


@get("/api/v1/relayed")
async def relayed(reader: Reader, state: State) -> Answer:
    reply = await state.events.get("/api/v1/whoami", caller=reader)
    return Answer(reply.status, reply.body)


@get("/internal/members", opt=crm(callers=["gateway"]))
async def members() -> Answer:
    return Answer(body=b'{"items":[]}')


@get("/outbox")
async def outbox(state: State) -> Answer:
    return Answer(body=b"<h1>Mails</h1>", media_type="text/html; charset=utf-8")


ROUTES = [read, page, create, echo, purge, me, whoami, fault, slow, slow_change, seen, relayed, members]


@asynccontextmanager
async def open_state(settings: Settings) -> AsyncIterator[State]:
    async with ServiceClient(settings.crm_events_url, settings.crm_internal_key, "example") as events:
        yield State(Dependency("postgres", settings), Dependency("valkey", settings), events, [])


def app(settings: Settings) -> ServiceApp:
    return create_app(
        name="example",
        settings=settings,
        features=[SimpleNamespace(ROUTES=ROUTES)],
        resources=open_state,
        operator_routes=[outbox],
    )


async def counts(state: State) -> None:
    """A worker task that works."""
    await asyncio.Event().wait()


async def stumbles(state: State) -> None:
    """A worker task that fails at once, each time."""
    raise RuntimeError("stumbled")


main = run("example", app, settings=Settings, resources=open_state, worker=[counts, stumbles])

if __name__ == "__main__":
    sys.exit(main())
