"""What the resources under /api/v1 share: repeats, lists, versions, and what an API token may not do."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request

from crm_auth import Caller, User
from crm_db import BadCursor, cursor, etag, once
from crm_service import Answer, Malformed, Refused, ScopeMissing, context_of
from identity.db import Tx
from identity.state import State

AnyRequest = Request[Any, Any, Any]
Item = TypeVar("Item")
LIMIT_MAX = 200


class StaleVersion(Refused):
    status, code, detail = (
        412,
        "stale_version",
        "This was changed since you read it. Read it again and repeat your change.",
    )


def refuse_programs(caller: Caller | User) -> None:
    """Who comes in is for people to decide: an API token must not make another, nor a member, nor end a session."""
    if caller.scopes is not None:
        raise ScopeMissing("API tokens may not do this. Sign in.")


def check_version(request: AnyRequest, version: int) -> None:
    if not etag.matches(context_of(request).header(b"if-match"), version):
        raise StaleVersion


async def answered_once(
    tx: Tx, request: AnyRequest, caller: Caller | User, act: Callable[[], Awaitable[Answer]]
) -> Answer:
    """`act`, or its first answer if this Idempotency-Key came before. The answer is kept: it must hold no secret."""
    key = context_of(request).header(b"idempotency-key")
    body_hash = hashlib.sha256(await request.body()).digest()
    kept_under = caller.workspace_id if isinstance(caller, Caller) else caller.user_id

    async def act_and_return() -> Answer:
        answer = await act()
        await tx.execute("select enter($1)", kept_under)  # making a workspace leaves the transaction inside that one
        return answer

    return await once(tx, caller, key, request.method, request.url.path, body_hash, act_and_return, make=Answer)


def page(
    state: State,
    items: Sequence[Item],
    key: Callable[[Item], tuple[str, ...]],
    scope: str,
    *,
    limit: int,
    after: str | None,
) -> dict[str, Any]:
    """One page of `items`, which are few and sorted by `key`: by key, so that rows may come and go meanwhile."""
    if not 1 <= limit <= LIMIT_MAX:
        raise Malformed(f"limit is 1 to {LIMIT_MAX}", pointer="/query/limit")
    last = _decoded(state, after, scope)
    rest = [item for item in items if last is None or key(item) > last]
    has_more = len(rest) > limit
    following = cursor.encode(state.settings.crm_secret, key(rest[limit - 1]), scope=scope) if has_more else None
    return {"items": rest[:limit], "next_cursor": following}


def _decoded(state: State, after: str | None, scope: str) -> tuple[str, ...] | None:
    if after is None:
        return None
    values = cursor.decode(state.settings.crm_secret, after, scope=scope)
    if not all(isinstance(value, str) for value in values):
        raise BadCursor
    return tuple(values)


def encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)


def tag(version: int) -> str:
    return etag.etag(version)


def newest_first(record_id: UUID) -> tuple[str, ...]:
    """A key that sorts UUIDv7 ids backwards."""
    return (format((1 << 128) - 1 - record_id.int, "032x"),)
