"""Who the caller is in a workspace, and what an API token stands for: asked at identity, remembered for a short while.

Facts drop what they outdate (`Memory.drop`); while the broker is away, the time-to-live bounds how long a change goes
unseen.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec

from crm_auth import Claims, Role
from gateway import problems
from gateway.ask import Answered, ask
from gateway.metrics import MEMBERSHIP
from gateway.upstream import Service

REMEMBER_MAX = 20_000
TOKEN_MARGIN_S = 30.0  # before a short-lived JWT ends, so that a service never sees it expire in flight
REFUSED_TTL_S = 5.0

REMEMBERED = MEMBERSHIP.labels("memory")

Value = TypeVar("Value")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a workspace. `head`: the header lines that tell services so."""

    user_id: str
    workspace_id: str
    role: Role
    head: bytes


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What an API token stands for. `jwt` is what services see."""

    jwt: str
    workspace_id: str
    scopes: str


class Memory(Generic[Key, Value]):
    """Remembers answers until they end, asks once for all who want the same, forgets the oldest beyond its size."""

    def __init__(self, size: int = REMEMBER_MAX, now: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._now = now
        self._known: OrderedDict[Key, tuple[float, Value | None]] = OrderedDict()
        self._asked: dict[Key, asyncio.Task[Value | None]] = {}
        self._generation = 0

    def get(self, key: Key) -> tuple[bool, Value | None]:
        """Whether an answer is remembered, and which; None is an answer too: there is no such thing."""
        found = self._known.get(key)
        if found is None or found[0] < self._now():
            return False, None
        return True, found[1]

    async def load(self, key: Key, load: Callable[[], Awaitable[tuple[Value | None, float]]]) -> Value | None:
        """The remembered answer, or that of `load`, which says for how many seconds it holds."""
        known, value = self.get(key)
        if known:
            return value
        task = self._asked.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._load(key, load))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._asked.pop(key) if self._asked.get(key) is done else None)
        # One who hangs up must not take the answer from the others.
        return await asyncio.shield(task)

    def drop(self, outdated: Callable[[Key, Value | None], bool]) -> None:
        self._generation += 1
        self._asked.clear()
        for key in [key for key, (_, value) in self._known.items() if outdated(key, value)]:
            del self._known[key]

    async def _load(self, key: Key, load: Callable[[], Awaitable[tuple[Value | None, float]]]) -> Value | None:
        generation = self._generation
        value, ttl_s = await load()
        if generation == self._generation:  # else a fact came while we asked: the answer may be of before
            self._known[key] = (self._now() + ttl_s, value)
            self._known.move_to_end(key)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return value


class Members:
    """`key_head`: the header lines with the gateway's internal key."""

    def __init__(self, identity: Service, key_head: bytes, *, ttl_s: float) -> None:
        self._identity = identity
        self._key_head = key_head
        self._ttl_s = ttl_s
        self._members: Memory[tuple[UUID, str], Member] = Memory()
        self._tokens: Memory[bytes, Exchanged] = Memory()

    def remembered(self, claims: Claims, workspace_id: str) -> Member | None:
        member = self._members.get((claims.user_id, workspace_id))[1]
        if member is not None:
            REMEMBERED.inc()
        return member

    async def resolve(self, claims: Claims, token: str, workspace_id: str) -> Member:
        """The caller's membership; "" is their first workspace. Raises 404 for a workspace that they are not in."""
        member = await self._members.load(
            (claims.user_id, workspace_id), lambda: self._ask(claims, token, workspace_id)
        )
        MEMBERSHIP.labels("identity").inc()
        if member is None:
            raise problems.not_found()
        return member

    async def exchange(self, api_token: str) -> Exchanged:
        """What an `mcrm_` token stands for. Raises 401."""
        digest = hashlib.sha256(api_token.encode()).digest()
        exchanged = await self._tokens.load(digest, lambda: self._exchange(api_token))
        if exchanged is None:
            raise problems.unauthenticated()
        return exchanged

    def drop_workspace(self, workspace_id: str) -> None:
        """A member or the workspace itself changed. Whoever was told no may have been let in meanwhile."""
        self._members.drop(
            lambda key, member: member is None or workspace_id in (key[1], member.workspace_id) or key[1] == ""
        )
        self._tokens.drop(lambda _digest, exchanged: exchanged is None or exchanged.workspace_id == workspace_id)

    def drop_user(self, user_id: str) -> None:
        self._members.drop(lambda key, _member: str(key[0]) == user_id)

    def drop_all(self) -> None:
        """Facts may have been missed."""
        self._members.drop(lambda _key, _value: True)
        self._tokens.drop(lambda _key, _value: True)

    async def _ask(self, claims: Claims, token: str, workspace_id: str) -> tuple[Member | None, float]:
        query = f"?workspace_id={quote(workspace_id)}" if workspace_id else ""
        head = b"%bauthorization: Bearer %b\r\n" % (self._key_head, token.encode())
        answered = await ask(self._identity, "GET", f"/internal/membership{query}", head)
        if answered.status == 404:
            return None, REFUSED_TTL_S
        if answered.status == 401:
            raise problems.unauthenticated()
        return _member(claims, _expect_ok(answered, self._identity.name)), self._ttl_s

    async def _exchange(self, api_token: str) -> tuple[Exchanged | None, float]:
        head = b"%bcontent-type: application/json\r\n" % self._key_head
        body = msgspec.json.encode({"token": api_token})
        answered = await ask(self._identity, "POST", "/internal/token-exchange", head, body=body, repeatable=True)
        if answered.status in (400, 401, 404, 422):
            return None, REFUSED_TTL_S
        told = msgspec.json.decode(_expect_ok(answered, self._identity.name), type=_Exchange)
        exchanged = Exchanged(told.jwt, told.workspace_id, " ".join(sorted(told.scopes)))
        return exchanged, max(0.0, told.seconds_left() - TOKEN_MARGIN_S)


def _expect_ok(answered: Answered, service: str) -> bytes:
    if answered.status != 200:
        raise problems.unavailable(f"{service} cannot say who is calling.")
    return answered.body


class _User(msgspec.Struct):
    id: str
    name: str | None = None
    email: str | None = None


class _Workspace(msgspec.Struct):
    id: str
    country: str | None = None
    time_zone: str | None = None
    currency: str | None = None


class _Membership(msgspec.Struct):
    user: _User
    workspace: _Workspace
    role: str


class _Exchange(msgspec.Struct):
    jwt: str
    expires_at: datetime
    workspace_id: str
    scopes: list[str] = []

    def seconds_left(self) -> float:
        return self.expires_at.timestamp() - time.time()


def _member(claims: Claims, body: bytes) -> Member:
    told = msgspec.json.decode(body, type=_Membership)
    actor = quote(told.user.name or told.user.email or "", safe="")
    pairs = {
        "x-internal-user": str(claims.user_id),
        "x-internal-workspace": told.workspace.id,
        "x-internal-role": told.role,
        "x-internal-actor": actor,
        "x-internal-country": told.workspace.country,
        "x-internal-time-zone": told.workspace.time_zone,
        "x-internal-currency": told.workspace.currency,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs.items() if value).encode()
    return Member(str(claims.user_id), told.workspace.id, Role(told.role), head)
