"""What the routes of all features share: headers, pages, a POST that is done once."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import Parameter

from crm_auth import Caller, Role, Writer
from crm_db import BadCursor, Transaction, once
from crm_db import cursor as cursors
from crm_service import Answer, RoleTooLow, ScopeMissing, context_of, etag_of, json_answer
from events.state import State

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=200)]


def header(request: AnyRequest, name: bytes) -> str | None:
    return context_of(request).header(name)


async def keyed(
    request: AnyRequest, state: State, caller: Caller, act: Callable[[Transaction], Awaitable[Answer]]
) -> Answer:
    """A POST in one transaction; with an Idempotency-Key its first answer is kept in it and given again."""
    key, path = header(request, b"idempotency-key"), request.url.path
    body_hash = hashlib.sha256(await request.body()).digest()
    return await state.change(
        caller.workspace_id,
        lambda tx: once(tx, caller, key, request.method, path, body_hash, lambda: act(tx), make=Answer),
    )


def page(request: AnyRequest, items: bytes, next_cursor: str | None, total: int | None = None) -> Answer:
    """A list: `items` is the JSON of the array."""
    body = page_body(items, next_cursor, total)
    return json_answer(request, body, etag=etag_of(body))


def page_body(items: bytes, next_cursor: str | None, total: int | None = None) -> bytes:
    rest = {"next_cursor": next_cursor} if total is None else {"next_cursor": next_cursor, "total": total}
    return b'{"items":' + items + b"," + msgspec.json.encode(rest)[1:]


def place(secret: str, text: str | None, scope: str, kind: Any) -> Any:
    """What a cursor holds, as `kind` (a type that msgspec can convert to); None without one. Raises BadCursor."""
    if text is None:
        return None
    try:
        return msgspec.convert(cursors.decode(secret, text, scope=scope), kind)
    except msgspec.ValidationError:
        raise BadCursor from None


def must_be_admin(writer: Writer) -> None:
    """Where a parameter asks for more than the route does."""
    if not writer.role.at_least(Role.ADMIN):
        raise RoleTooLow
    if writer.scopes is not None and "admin" not in writer.scopes:
        raise ScopeMissing
