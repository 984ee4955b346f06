"""What the routes of people and companies share: parameters, headers, bodies, schemas."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from contacts.records.errors import RecordNotFound
from contacts.records.listing import LIMIT, LIMIT_MAX, SEARCH_BOUND, SORT
from contacts.records.resource import Resource
from contacts.state import State
from crm_auth import Admin, Caller, Writer
from crm_db import Transaction, once
from crm_resource import BadQuery, Invalid, Json, Problem, read_schema, written_schema
from crm_service import IF_NONE_MATCH, Answer, Malformed, Refused, RoleTooLow, ScopeMissing, context_of, json_answer

MERGE_PATCH = "application/merge-patch+json"


def record_id_of(text: str) -> UUID:
    """An id that is no UUID is simply not there."""
    try:
        return UUID(text)
    except ValueError:
        raise RecordNotFound from None


async def json_body(request: Any) -> Json:
    media_type = (context_of(request).header(b"content-type") or "").partition(";")[0].strip().lower()
    if media_type not in ("application/json", MERGE_PATCH):
        raise Refused("The body must be application/json.", status=415, code="media_type")
    try:
        return msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("The body is not valid JSON.", pointer="") from None


def header(request: Any, name: bytes) -> str | None:
    return context_of(request).header(name)


def refuse(pointer: str, code: str, detail: str) -> Invalid:
    """One problem of a body, to be raised."""
    return Invalid([Problem(pointer, code, detail)])


def wants_purge(request: Any) -> bool:
    given = request.query_params.get("purge", "false")
    if given not in ("true", "false"):
        raise BadQuery([Problem("/query/purge", "bad_value", "This must be true or false.")])
    return bool(given == "true")


def as_admin(writer: Writer) -> Admin:
    """The same caller, for a parameter that asks for more than its route. Raises RoleTooLow, ScopeMissing."""
    if not writer.role.at_least(Admin.role_needed):
        raise RoleTooLow
    if writer.scopes is not None and "admin" not in writer.scopes:
        raise ScopeMissing
    return Admin(**{each.name: getattr(writer, each.name) for each in fields(Caller)})


async def keyed(request: Any, state: State, caller: Caller, act: Callable[[Transaction], Awaitable[Answer]]) -> Answer:
    """A POST in one transaction, and only once for its Idempotency-Key."""
    body_hash = sha256(await request.body()).digest()
    async with state.change(caller.workspace_id) as tx:
        return await once(
            tx,
            caller,
            header(request, b"idempotency-key"),
            request.method,
            request.url.path,
            body_hash,
            lambda: act(tx),
            make=Answer,
        )


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def schemas(resource: Resource) -> dict[str, Any]:
    name = resource.noun.capitalize()
    item = {"$ref": f"#/components/schemas/{name}"}
    return {
        name: read_schema(resource.fields),
        f"{name}Input": written_schema(resource.fields),
        f"{name}List": {
            "type": "object",
            "required": ["items", "next_cursor"],
            "properties": {
                "items": {"type": "array", "items": item},
                "next_cursor": {"type": ["string", "null"]},
                "total": {"type": "integer", "description": "With count=exact."},
            },
        },
    }


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


AS_OF = _query("as_of", {"type": "string"}, "A moment: the record's own fields as they were then.")
PURGE = _query(
    "purge", {"type": "string", "enum": ["true", "false"]}, "true (admin): for good, with its personal data."
)
LIMIT_PARAMETER = _query(
    "limit", {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT}, "Page size."
)
CURSOR_PARAMETER = _query("cursor", {"type": "string"}, "`next_cursor` of the page before.")
LIST_PARAMETERS = (
    LIMIT_PARAMETER,
    CURSOR_PARAMETER,
    _query(
        "sort", {"type": "string", "default": SORT}, "A field, `-` in front for descending; empty values come last."
    ),
    _query("q", {"type": "string", "maxLength": 200}, f"Search as typed; chooses among the best {SEARCH_BOUND} finds."),
    _query(
        "filter",
        {"type": "string"},
        'JSON: `{"and": [...]}`, `{"or": [...]}`, `{"not": ...}` or a clause '
        '`{"field": "tags", "op": "has", "value": "vip"}`; at most 5 deep and 30 clauses.',
    ),
    _query("count", {"type": "string", "enum": ["exact"]}, "Adds `total`."),
    _query(
        "trashed", {"type": "string", "enum": ["true", "false"]}, "true: what is in the trash, instead of what isn't."
    ),
    IF_NONE_MATCH,
)


def changed_answer(request: Any, changed: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return json_answer(
        request, changed.body, etag=changed.etag, status=status, headers=headers, operation_id=changed.operation_id
    )
