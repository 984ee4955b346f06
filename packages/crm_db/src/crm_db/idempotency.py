"""`Idempotency-Key`: the first answer is kept in the transaction of the change that it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec

from crm_db.database import Database, Transaction

KEEP = timedelta(hours=24)  # api.md
KEY_CHARACTERS_MAX = 255


class Who(Protocol):
    """What is needed of a caller; `workspace_id` may be absent (somebody who has no workspace yet)."""

    @property
    def user_id(self) -> UUID: ...


class Replayable(Protocol):
    """An answer that can be kept: any class with these three members."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


A = TypeVar("A", bound=Replayable)


class InFlight(Exception):
    status = 409
    code = "idempotency_key_in_flight"
    detail = "A request with this Idempotency-Key is being worked on. Repeat it in a moment."
    retry_after_s = 1


class KeyReused(Exception):
    status = 422
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used for another body."


class BadKey(Exception):
    status = 400
    code = "bad_idempotency_key"
    detail = f"An Idempotency-Key has 1 to {KEY_CHARACTERS_MAX} characters."


# Takes the key, unless its first request still runs (the lock is held until that one's end) or is answered already.
# A row past its time counts as absent. The row that a running request made can't be seen, so both are told apart
# by looking again.
_CLAIM = """
insert into idempotency as i (workspace_id, user_id, method, path, key, body_hash)
select e.w, $2, $3, $4, $5, $6 from enter($1) e(w)
where pg_try_advisory_xact_lock(
    hashtextextended(concat_ws(chr(10), $1::uuid, $2::uuid, $3::text, $4::text, $5::text), 0)
)
on conflict (workspace_id, user_id, method, path, key) do update
set body_hash = excluded.body_hash, status = null, headers = null, body = null, at = now()
where i.at < now() - $7::interval
returning true
"""

_FIND = """
select body_hash, status, headers, body from idempotency
where workspace_id = $1 and user_id = $2 and method = $3 and path = $4 and key = $5
"""

_KEEP = """
update idempotency i set status = $6, headers = $7, body = $8
from enter($1) e(w)
where i.workspace_id = e.w and user_id = $2 and method = $3 and path = $4 and key = $5
"""


async def once(
    tx: Transaction,
    caller: Who,
    key: str | None,
    method: str,
    path: str,
    body_hash: bytes,
    act: Callable[[], Awaitable[A]],
    *,
    make: Callable[[int, bytes, dict[str, str]], A] = Answer,  # type: ignore[assignment]
) -> A:
    """Answers as `act` did the first time this key came; `make(status, body, headers)` builds a kept answer anew.

    What `act` raises rolls the transaction back, and with it the claim: a refusal is not kept.
    A caller without a workspace is kept under the user's own id.
    Raises InFlight (409), KeyReused (422), BadKey (400).
    """
    if key is None:
        return await act()
    if not 1 <= len(key) <= KEY_CHARACTERS_MAX:
        raise BadKey
    workspace_id: UUID = getattr(caller, "workspace_id", None) or caller.user_id
    scope = (workspace_id, caller.user_id, method, path, key)
    if await tx.fetchval(_CLAIM, *scope, body_hash, KEEP) is None:
        return _replay(await tx.fetchrow(_FIND, *scope), body_hash, make)
    answer = await act()
    await tx.execute(_KEEP, *scope, answer.status, msgspec.json.encode(dict(answer.headers)).decode(), answer.body)
    return answer


def _replay(row: Any, body_hash: bytes, make: Callable[[int, bytes, dict[str, str]], A]) -> A:
    if row is None:
        raise InFlight
    if row["body_hash"] != body_hash:
        raise KeyReused
    return make(row["status"], row["body"], msgspec.json.decode(row["headers"], type=dict[str, str]))


async def sweep(db: Database) -> int:
    """Removes keys past their time, as the worker; returns how many."""
    async with db.transaction(None) as tx:
        done = await tx.execute("delete from idempotency where at < now() - $1::interval", KEEP)
    return int(done.removeprefix("DELETE "))
