"""Overview, search and operations: put together, and honest about what is missing (case U7, second half)."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web
from problem import pointers, problem
from service import Service, running

from crm_testkit import Running, Tokens

CONTACT = str(uuid.uuid4())


def _get(*names: str) -> dict[str, Any]:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    return {"get": {"parameters": parameters, "responses": {}}}


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    contacts = {
        "/api/v1/contacts": _get("q", "limit"),
        "/api/v1/contacts/{id}": _get(),
        "/api/v1/companies": _get("q", "limit"),
        "/api/v1/companies/{id}": _get(),
        "/api/v1/operations": _get("limit", "cursor"),
        "/api/v1/operations/{id}/undo": {"post": {"responses": {}}},
    }
    events = {
        "/api/v1/events": _get("q", "limit", "filter", "sort"),
        "/api/v1/timeline": _get("contact_id", "limit"),
        "/api/v1/operations": _get("limit", "cursor"),
        "/api/v1/operations/{id}/undo": {"post": {"responses": {}}},
    }
    for name, paths in {"contacts": contacts, "events": events}.items():
        (folder / f"{name}.json").write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))
    return folder


@pytest.fixture(scope="module")
def events_process(tokens: Tokens) -> Iterator[Service]:
    with running(tokens) as events:
        yield events


@pytest.fixture
def events(events_process: Service) -> Service:
    events_process.reset()
    return events_process


@pytest.fixture(scope="module")
def gateway(start_gateway: Callable[..., Running], contracts: Path, events_process: Service) -> Running:
    return start_gateway(CRM_CONTRACTS_DIR=str(contracts), CRM_EVENTS_URL=events_process.url, NATS_URL="")


def _answers(service: Service, path: str, value: Any, status: int = 200) -> None:
    @service.on("GET", path)
    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(value, status=status)


def _is_stuck(service: Service, *paths: str) -> None:
    for path in paths:

        @service.on("GET", path)
        async def stuck(_request: web.Request) -> web.Response:
            raise web.HTTPServiceUnavailable


async def test_an_overview_is_one_answer_with_everything(
    client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    company = str(uuid.uuid4())
    _answers(upstream, f"/api/v1/contacts/{CONTACT}", {"id": CONTACT, "company_id": company})
    _answers(upstream, f"/api/v1/companies/{company}", {"id": company, "name": "Acme"})
    _answers(events, "/api/v1/timeline", {"items": [{"id": "1"}], "next_cursor": None})
    answer = await client.get(f"/api/v1/contacts/{CONTACT}/overview", headers=signed_in)
    assert answer.json() == {
        "contact": {"id": CONTACT, "company_id": company},
        "company": {"id": company, "name": "Acme"},
        "timeline": [{"id": "1"}],
        "tasks": [],
        "events": [],
        "deals": [],
        "degraded": [],
    }
    asked = {seen.path.partition("?")[0] for seen in events.seen}
    assert asked == {"/api/v1/timeline", "/api/v1/events"}
    assert {tuple(seen.values("x-internal-role")) for seen in events.seen} == {("owner",)}


async def test_a_part_that_is_away_is_null_and_named(
    client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    _answers(upstream, f"/api/v1/contacts/{CONTACT}", {"id": CONTACT, "company_id": None})
    _is_stuck(events, "/api/v1/timeline", "/api/v1/events")
    started = time.monotonic()
    answer = await client.get(f"/api/v1/contacts/{CONTACT}/overview", headers=signed_in)
    body = answer.json()
    assert (answer.status_code, body["timeline"], body["tasks"], body["degraded"]) == (200, None, None, ["events"])
    assert body["contact"]["id"] == CONTACT
    assert time.monotonic() - started < 2


async def test_the_overview_of_nobody_is_a_404(
    client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    _answers(upstream, f"/api/v1/contacts/{CONTACT}", {}, status=404)
    problem(await client.get(f"/api/v1/contacts/{CONTACT}/overview", headers=signed_in), 404)


async def test_search_weaves_what_the_services_find(
    client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    people = [
        {"id": str(i), "first_name": "Ada", "last_name": str(i), "emails": [{"value": "a@b.c"}]} for i in range(3)
    ]
    _answers(upstream, "/api/v1/contacts", {"items": people})
    _answers(upstream, "/api/v1/companies", {"items": [{"id": "9", "name": "Adatum", "domain": "adatum.example"}]})
    _is_stuck(events, "/api/v1/events")
    body = (await client.get("/api/v1/search?q=ada&limit=3", headers=signed_in)).json()
    assert body["degraded"] == ["events"]
    assert [(hit["kind"], hit["title"], hit["subtitle"]) for hit in body["items"]] == [
        ("contact", "Ada 0", "a@b.c"),
        ("company", "Adatum", "adatum.example"),
        ("contact", "Ada 1", "a@b.c"),
    ]
    assert pointers(await client.get("/api/v1/search", headers=signed_in), 400) == {"/query/q": "required"}


class Log:
    """A service's list of operations, newest first, paged by a cursor of its own."""

    def __init__(self, service: Service, numbers: range) -> None:
        self.items = [{"id": f"{number:04d}", "summary": str(number)} for number in reversed(numbers)]
        service.on("GET", "/api/v1/operations")(self.page)

    async def page(self, request: web.Request) -> web.Response:
        limit, cursor = int(request.query["limit"]), request.query.get("cursor", "")
        rest = [item for item in self.items if not cursor or item["id"] < cursor]
        following = rest[limit - 1]["id"] if len(rest) > limit else None
        return web.json_response({"items": rest[:limit], "next_cursor": following})


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
async def test_operations_of_all_services_are_one_list_that_loses_and_repeats_nothing(
    limit: int, client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    Log(upstream, range(0, 40, 2))
    theirs = Log(events, range(1, 20, 2))
    expected = [
        item["id"] for item in sorted(Log(upstream, range(0, 40, 2)).items + theirs.items, key=lambda i: i["id"])
    ]
    seen, cursor = [], None
    while cursor is not None or not seen:
        query = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/v1/operations", params=query, headers=signed_in)).json()
        assert len(page["items"]) <= limit
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        # What is done while somebody pages stands in front, and moves nothing.
        theirs.items.insert(0, {"id": f"9{len(seen):03d}", "summary": "meanwhile"})
    assert seen == expected[::-1]


async def test_a_cursor_of_elsewhere_is_a_400(
    client: httpx.AsyncClient, events: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/operations?cursor=nonsense", headers=signed_in)
    assert pointers(answer, 400) == {"/query/cursor": "bad_cursor"}


@pytest.mark.parametrize(("owner", "status"), [("contacts", 200), ("events", 200), ("nobody", 404)])
async def test_undo_reaches_the_service_whose_operation_it_is(
    owner: str, status: int, client: httpx.AsyncClient, upstream: Service, events: Service, signed_in: dict[str, str]
) -> None:
    path = f"/api/v1/operations/{uuid.uuid4()}/undo"
    for name, service in {"contacts": upstream, "events": events}.items():

        @service.on("POST", path)
        async def undo(_request: web.Request, name: str = name) -> web.Response:
            return web.json_response(
                {"by": name}, status=200 if name == owner else 404, headers={"X-Operation-Id": name}
            )

    answer = await client.post(path, headers={**signed_in, "Idempotency-Key": "once"})
    assert answer.status_code == status
    if status == 200:
        assert (answer.json(), answer.headers["x-operation-id"]) == ({"by": owner}, owner)
        asked = upstream if owner == "contacts" else events
        assert asked.seen[-1].values("idempotency-key") == ["once"]
