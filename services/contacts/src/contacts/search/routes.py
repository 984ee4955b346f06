"""HTTP of search: what the gateway weaves into /api/v1/search, and the look-up for other services."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post

from contacts.records import http
from contacts.records.listing import parse_query
from contacts.search import store
from contacts.state import State
from crm_auth import Reader
from crm_resource import BadQuery, Problem
from crm_service import IF_NONE_MATCH, Answer, crm, etag_of, json_answer

LIMIT = 20
LIMIT_MAX = 50
LOOKUP_MAX = 1000


class Found(msgspec.Struct, frozen=True):
    """`score` is 0 to 1: whole words of the name, beginnings of it, other words, likeness."""

    kind: str
    id: UUID
    title: str
    subtitle: str | None
    score: float


class Finds(msgspec.Struct, frozen=True):
    items: list[Found]


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contact_ids: list[UUID] = []
    company_ids: list[UUID] = []


class Known(msgspec.Struct, frozen=True):
    """`deleted` is there, and true, for one in the trash."""

    id: UUID
    name: str
    deleted: bool | msgspec.UnsetType = msgspec.UNSET


class LookupAnswer(msgspec.Struct, frozen=True):
    contacts: list[Known]
    companies: list[Known]


_LIMIT = http.LIMIT_PARAMETER | {"schema": {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT}}
_QUERY = {"name": "q", "in": "query", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 200}}


@get("/api/v1/contacts/search", opt=crm(cost=5, answer=Finds, parameters=[_QUERY, _LIMIT, IF_NONE_MATCH]))
async def search_contacts(request: Request[Any, Any, Any], state: State, reader: Reader) -> Answer:
    """People and companies by what was typed of them, best first: this service's part of GET /search."""
    query = parse_query(request.query_params)
    if query.q is None:
        raise BadQuery([Problem("/query/q", "required", "Something to search for is needed.")])
    limit = min(query.limit, LIMIT_MAX) if "limit" in request.query_params else LIMIT
    text = query.q
    body = await state.cache.load(
        reader.workspace_id,
        f"search:{limit}:{text}",
        lambda: store.search(state.postgres, reader.workspace_id, text, limit),
    )
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/contacts/lookup", status_code=200, opt=crm(role="viewer", answer=LookupAnswer))
async def lookup_contacts(request: Request[Any, Any, Any], state: State, reader: Reader, data: Wanted) -> Answer:
    """Names by id, of those that exist in the workspace; the rest is simply left out."""
    for name, ids in (("contact_ids", data.contact_ids), ("company_ids", data.company_ids)):
        if len(ids) > LOOKUP_MAX:
            raise http.refuse(f"/{name}", "too_many", f"At most {LOOKUP_MAX}.")
    body = await store.lookup(state.postgres, reader.workspace_id, data.contact_ids, data.company_ids)
    return json_answer(request, body)


ROUTES = [search_contacts, lookup_contacts]
