"""One running contacts, and somebody in a workspace of their own to call it."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import pytest

import crm_facts
from contacts.people import PEOPLE
from contacts.records.saving import Batch, creation, save
from crm_auth import Caller, Role
from crm_db import Database
from crm_resource import Context, parse_new
from crm_testkit.headers import internal_headers
from crm_testkit.processes import Running, Starter
from crm_testkit.tokens import KEY_SET_PATH, Tokens, User


@dataclass
class Identity:
    """The two routes of identity that contacts calls, over real HTTP; `members` by workspace."""

    url: str = ""
    members: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="session")
def identity(tokens: Tokens) -> Iterator[Identity]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == KEY_SET_PATH:
                answer: Any = tokens.key_set()
            else:
                workspace = parse_qs(parts.query)["workspace_id"][0]
                answer = {"items": [{"user_id": member} for member in running.members.get(workspace, [])]}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet: what a test sees is in its assertion."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        running = Identity(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield running
        server.shutdown()


@pytest.fixture(scope="session")
def contacts(start_service: Starter, identity: Identity) -> Running:
    return start_service("contacts", "serve", CRM_IDENTITY_URL=identity.url)


@pytest.fixture(scope="session")
def worker(start_service: Starter, contacts: Running, identity: Identity) -> Running:
    return start_service("contacts", "work", CRM_IDENTITY_URL=identity.url)


@dataclass(frozen=True)
class Api:
    """Calls as the gateway forwards them. `api.a("viewer")` is the same person in another role."""

    http: httpx2.Client
    user: User
    role: str = "owner"

    def a(self, role: str) -> Api:
        return replace(self, role=role)

    def send(self, method: str, path: str, body: Any = None, *, params: Any = None, **headers: str) -> httpx2.Response:
        sent = internal_headers(self.user, role=self.role, **headers)
        content = None
        if body is not None:
            content, sent["Content-Type"] = json.dumps(body).encode(), sent.get("Content-Type", "application/json")
        return self.http.request(method, f"/api/v1{path}", content=content, params=params, headers=sent)

    def get(self, path: str, params: Any = None, **headers: str) -> httpx2.Response:
        return self.send("GET", path, params=params, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, params: Any = None, **headers: str) -> httpx2.Response:
        return self.send("DELETE", path, params=params, **headers)

    def person(self, **values: Any) -> dict[str, Any]:
        """A new person, as the API answers it."""
        answer = self.post("/contacts", values or {"first_name": "Ada", "last_name": "Lovelace"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def company(self, **values: Any) -> dict[str, Any]:
        answer = self.post("/companies", values or {"name": "Analytical Engines"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def names(self, params: dict[str, Any], path: str = "/contacts") -> list[str]:
        """The names on a list, in its order."""
        if "filter" in params:
            params = params | {"filter": json.dumps(params["filter"])}
        answer = self.get(path, params)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]


@pytest.fixture
def sign_in(contacts: Running, tokens: Tokens) -> Iterator[Callable[..., Api]]:
    """`sign_in("Grace")`: somebody in a new workspace; `sign_in(workspace_id=...)` in that one."""
    with httpx2.Client(base_url=contacts.base_url, timeout=20) as client:
        yield lambda name="Ada Lovelace", **options: Api(client, tokens.user(name, **options))


@pytest.fixture
def api(sign_in: Callable[..., Api]) -> Api:
    return sign_in()


@pytest.fixture
def other(sign_in: Callable[..., Api]) -> Api:
    """Somebody in another workspace."""
    return sign_in("Eve")


@pytest.fixture(scope="session")
def crowd(database: Callable[[str], Any]) -> Callable[..., list[str]]:
    """`crowd(api, 5000)`: so many people of one operation, made by the service's own batch call; answers their ids."""
    return lambda api, count, **options: asyncio.run(_crowd(database("contacts").api_url, api, count, **options))


async def _crowd(url: str, api: Api, count: int, *, at_once: int = 1000, seed: int = 7) -> list[str]:
    caller = Caller(
        UUID(api.user.id),
        UUID(api.user.workspace_id),
        Role.OWNER,
        "Ada",
        None,
        "",
        "crowd",
        "",
        "",
        "DE",
        "UTC",
        None,
        None,
    )
    dice = random.Random(seed)  # noqa: S311 - the same crowd each time
    db = await Database.open(url)
    made: list[str] = []
    async with db.transaction(caller.workspace_id) as tx:
        operation_id = await crm_facts.begin(tx, caller, kind="import", summary="A crowd")
    while len(made) < count:
        async with db.transaction(caller.workspace_id) as tx:
            batch = Batch(tx, caller, PEOPLE, PEOPLE.fields, operation_id, "bulk")
            bodies = [_somebody(dice, len(made) + n) for n in range(min(at_once, count - len(made)))]
            edits = [creation(parse_new(PEOPLE.fields, body, Context("US"))) for body in bodies]
            made += [str(edit.after.id) for edit in await save(batch, edits)]
    await db.close()
    return made


FIRST = [
    "Ada",
    "Alan",
    "Ann",
    "Barbara",
    "Carol",
    "Donald",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "Ivan",
    "John",
    "Linus",
]
HEADS = ["Ber", "Dor", "Fel", "Gar", "Hol", "Jan", "Kel", "Lam", "Mor", "Nor", "Ols", "Pet", "Ros", "Sor", "Tan", "Wal"]
TAILS = ["berg", "dal", "feld", "ger", "holm", "kins", "lund", "man", "nov", "per", "rup", "son", "strom", "ton", "vik"]
LAST = [head + tail for head in HEADS for tail in TAILS]
CITIES = ["Aachen", "Berlin", "Bonn", "Dresden", "Essen", "Hamburg", "Köln", "Leipzig", "München", "Ulm"]


def _somebody(dice: random.Random, number: int) -> dict[str, Any]:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    return {
        "first_name": first,
        "last_name": last,
        "emails": [{"value": f"{first}.{last}{number}@example.org".lower()}],
        "phones": [{"value": f"504-621-{dice.randrange(10_000):04d}"}],
        "title": dice.choice(["Engineer", "Director", "Sales", "Founder", None]),
        "address": {"city": dice.choice(CITIES), "country": "DE"},
        "tags": dice.sample(["vip", "press", "partner", "lead"], dice.randrange(3)),
        "description": "Met at the fair, asked for an offer. " * dice.randrange(4),
    }
