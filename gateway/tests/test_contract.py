"""The merged contract: what is reachable, at start and while services come and go."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from aiohttp import web
from service import Service, running

from crm_testkit import Running, Tokens, eventually
from gateway.contract import Contract
from gateway.problems import Refused

CONTRACT = Path(__file__).with_name("contract")
Start = Callable[..., Running]


@pytest.fixture
def contract() -> Contract:
    return Contract.load(CONTRACT)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CONTRACT / "contacts.json").read_bytes())
    return document


def test_extensions_of_an_operation_become_its_route(contract: Contract) -> None:
    route, values = contract.table.match("POST", "/api/v1/imports")
    assert (route.cost, route.long, route.body_max_bytes, route.role, values) == (50, True, 4 << 20, "member", [])
    assert contract.table.match("GET", "/api/v1/contacts")[0].role == "viewer"
    assert contract.table.match("DELETE", "/api/v1/contacts/a")[0].role == "admin"
    public = contract.table.match("GET", "/api/v1/calendar.ics")[0]
    assert (public.public, public.workspace) == (True, False)
    assert contract.table.match("GET", "/api/v1/me")[0].workspace is False


def test_schemas_that_share_a_name_but_not_a_shape_are_kept_apart(contract: Contract) -> None:
    other = {
        "openapi": "3.1.0",
        "paths": {
            "/api/v1/notes": {
                "post": {
                    "operationId": "create_note",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Email"}}}
                    },
                    "responses": {},
                }
            }
        },
        "components": {"schemas": {"Email": {"type": "object", "required": ["subject"]}}},
    }
    assert contract.update("notes", other)
    merged = json.loads(contract.merged)
    schema = merged["paths"]["/api/v1/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/NotesEmail"}
    assert merged["components"]["schemas"]["NotesEmail"]["required"] == ["subject"]
    assert merged["components"]["schemas"]["Email"]["required"] == ["value"]
    check = contract.table.match("POST", "/api/v1/notes")[0].body
    assert check is not None
    assert [fault.pointer for fault in check.faults({})] == ["/subject"]


def test_what_several_services_publish_is_the_gateways_to_gather(contract: Contract) -> None:
    for service in ("contacts", "events"):
        document = _document() if service == "contacts" else {"openapi": "3.1.0", "paths": {}}
        document["paths"]["/api/v1/operations/{id}/undo"] = {
            "post": {"operationId": f"{service}_undo", "responses": {}}
        }
        contract.update(service, document)
    route, values = contract.table.match("POST", "/api/v1/operations/a/undo")
    assert (route.operation_id, route.owners, values) == ("gateway.undo", ("gateway", "contacts", "events"), ["a"])


@pytest.mark.parametrize(
    "useless", [{}, [], {"items": []}, {"openapi": "3.1.0", "paths": {"/a": {"get": {"x-crm": {"role": "king"}}}}}]
)
def test_a_document_that_cannot_be_used_changes_nothing(useless: Any, contract: Contract) -> None:
    before = contract.merged
    assert contract.update("contacts", copy.deepcopy(useless)) is False
    assert contract.merged == before
    contract.table.match("GET", "/api/v1/contacts")


def test_what_is_not_published_is_not_there(contract: Contract) -> None:
    with pytest.raises(Refused) as refused:
        contract.table.match("GET", "/internal/membership")
    assert refused.value.status == 404


async def test_a_route_that_a_running_service_publishes_is_reachable_and_stays_so_when_it_goes(
    start_gateway: Start, upstream: Service, tokens: Tokens, signed_in: dict[str, str]
) -> None:
    with running(tokens) as notes:

        @notes.on("GET", "/openapi.json")
        async def published(request: web.Request) -> web.Response:
            assert request.headers["X-Internal-Key"]
            operation = {"operationId": "list_notes", "responses": {}}
            return web.json_response({"openapi": "3.1.0", "paths": {"/api/v1/notes": {"get": operation}}})

        gateway = start_gateway(CRM_NOTES_URL=notes.url)
        async with httpx.AsyncClient(base_url=gateway.base_url) as client:

            async def status() -> int:
                return (await client.get("/api/v1/notes", headers=signed_in)).status_code

            await eventually(lambda: _is(status(), 200))
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        assert (await client.get("/api/v1/notes", headers=signed_in)).status_code == 503


async def _is(answer: Any, expected: int) -> bool:
    return bool(await answer == expected)
