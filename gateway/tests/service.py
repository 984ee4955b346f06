"""A small real service for the gateway to stand in front of: it counts what comes, and answers as told."""

import asyncio
import base64
import contextlib
import json
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from crm_testkit import Tokens, User

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Seen:
    """A request as it reached the service."""

    method: str
    path: str  # as it came, with its query
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass
class Service:
    """Plays identity (key set, membership, token exchange) and contacts.

    `seen` leaves out what the gateway asks for itself.
    """

    tokens: Tokens
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    memberships_asked: int = 0
    cancelled: int = 0
    roles: dict[str, str] = field(default_factory=dict)  # by user id; "" is no member
    api_tokens: dict[str, User] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    def on(self, method: str, path: str) -> Callable[[Answer], Answer]:
        """`@upstream.on("GET", "/api/v1/contacts")` replaces the answer to one path."""

        def register(answer: Answer) -> Answer:
            self.answers[method, path] = answer
            return answer

        return register

    def reset(self) -> None:
        self.seen.clear()
        self.answers.clear()
        self.roles.clear()
        self.memberships_asked = self.cancelled = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        answer = self.answers.get((request.method, request.path))
        own = self._own(request.path)
        if own is not None and answer is None:
            return await own(request)
        headers = [(key.decode(), value.decode("latin-1")) for key, value in request.raw_headers]
        self.seen.append(Seen(request.method, request.raw_path, headers, await request.read()))
        try:
            if answer is not None:
                return await answer(request)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return web.json_response({"items": [], "next_cursor": None}, headers={"ETag": '"1.0"'})

    def _own(self, path: str) -> Answer | None:
        return {
            "/auth/v1/.well-known/jwks.json": self._key_set,
            "/internal/membership": self._membership,
            "/internal/token-exchange": self._exchange,
            "/health/ready": self._ready,
            "/health/live": self._ready,
            "/openapi.json": self._openapi,
        }.get(path)

    async def _key_set(self, _request: web.Request) -> web.Response:
        self.tokens.fetches += 1
        return web.json_response(self.tokens.key_set())

    async def _ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "checks": {"postgres": "ok"}})

    async def _openapi(self, _request: web.Request) -> web.Response:
        return web.json_response({}, status=404)

    async def _membership(self, request: web.Request) -> web.Response:
        self.memberships_asked += 1
        claims = _claims(request.headers["Authorization"])
        role = self.roles.get(claims["sub"], "owner")
        workspace_id = request.query.get("workspace_id") or str(uuid.uuid5(uuid.NAMESPACE_OID, claims["sub"]))
        if not role or workspace_id.startswith("dead"):
            return web.json_response({}, status=404)
        workspace = {"id": workspace_id, "country": "DE", "time_zone": "Europe/Berlin", "currency": "EUR"}
        user = {"id": claims["sub"], "email": claims["email"], "name": claims["user_metadata"].get("name", "")}
        return web.json_response({"user": user, "workspace": workspace, "role": role})

    async def _exchange(self, request: web.Request) -> web.Response:
        user = self.api_tokens.get((await request.json())["token"])
        if user is None:
            return web.json_response({}, status=401)
        told = {"jwt": user.token, "expires_at": "2099-01-01T00:00:00Z", "workspace_id": user.workspace_id}
        return web.json_response({**told, "role": "owner", "scopes": ["read"]})


def _claims(authorization: str) -> dict[str, Any]:
    part = authorization.removeprefix("Bearer ").split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


@contextlib.contextmanager
def running(tokens: Tokens) -> Iterator[Service]:
    """In a thread of its own, so that it answers while a test blocks."""
    service = Service(tokens)
    loop = asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/{tail:.*}", service.handle)
        runner = web.AppRunner(app, keepalive_timeout=75, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield service
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
