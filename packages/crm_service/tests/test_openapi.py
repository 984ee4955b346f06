"""The document that the gateway, the web app and strangers read: what the handlers say, and nothing internal."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from litestar import get, post

from crm_auth import Reader, Writer
from crm_service import Answer, ServiceSettings, create_app, crm


@pytest.fixture(scope="module")
def document(command: Any) -> Any:
    return json.loads(command("openapi").stdout)


@pytest.fixture
def paths(document: Any) -> Any:
    return document["paths"]


def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(document: Any) -> None:
    assert document["openapi"].startswith("3.1")

    def check(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                check(value)
        elif isinstance(node, list):
            for value in node:
                check(value)

    check(document)


def test_internal_routes_are_not_in_it(paths: Any) -> None:
    assert paths.keys() and not any(path.startswith(("/internal", "/openapi", "/health")) for path in paths)


def test_what_the_signature_says_is_what_the_gateway_reads(paths: Any) -> None:
    assert paths["/api/v1/people"]["get"]["x-crm"] == {"cost": 5, "role": "viewer", "workspace": True}
    assert paths["/api/v1/people"]["post"]["x-crm"] == {"cost": 1, "role": "member", "workspace": True}
    assert paths["/api/v1/people/{person_id}"]["delete"]["x-crm"]["role"] == "admin"
    assert paths["/api/v1/me"]["get"]["x-crm"] == {"cost": 1, "workspace": False}


def test_who_needs_no_token_is_said(paths: Any) -> None:
    assert paths["/api/v1/slow"]["get"]["security"] == []
    assert paths["/api/v1/people"]["get"]["security"] == [{"bearer": []}]


def test_bodies_answers_and_parameters_have_their_limits(document: Any, paths: Any) -> None:
    body = paths["/api/v1/people"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/NewPerson"}
    new_person = document["components"]["schemas"]["NewPerson"]
    assert new_person["additionalProperties"] is False and new_person["properties"]["name"]["maxLength"] == 200

    limit = next(p for p in paths["/api/v1/people"]["get"]["parameters"] if p["name"] == "limit")
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}

    responses = paths["/api/v1/people/{person_id}"]["get"]["responses"]
    assert responses["200"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Person"}
    assert "ETag" in responses["200"]["headers"] and "304" in responses
    assert paths["/api/v1/people/{person_id}"]["delete"]["responses"]["204"]
    assert {"400", "401", "403", "404", "422"} <= paths["/api/v1/people"]["post"]["responses"].keys()


class TestWhatCannotStart:
    """Faults that would show at the first request, or never, are shown at the start."""

    def _app(self, *handlers: Any) -> object:
        return create_app(
            name="x",
            settings=ServiceSettings(),
            features=[SimpleNamespace(ROUTES=list(handlers))],  # type: ignore[list-item]
            resources=None,  # type: ignore[arg-type]
        )

    def test_a_public_route_that_does_not_say_so(self) -> None:
        @get("/api/v1/open")
        async def open_() -> Answer: ...

        @get("/api/v1/open", opt=crm(public=True))
        async def said() -> Answer: ...

        with pytest.raises(TypeError, match="names no caller"):
            self._app(open_)
        assert self._app(said)

    def test_an_internal_route_that_serves_everybody(self) -> None:
        @get("/internal/all")
        async def internal() -> Answer: ...

        with pytest.raises(TypeError, match="callers"):
            self._app(internal)

    def test_two_callers_in_one_signature(self) -> None:
        @post("/api/v1/x")
        async def both(reader: Reader, writer: Writer) -> Answer: ...

        with pytest.raises(TypeError, match="more than one caller"):
            self._app(both)

    def test_a_handler_that_would_block_the_loop(self) -> None:
        @get("/api/v1/x", sync_to_thread=False, opt=crm(public=True))
        def blocking() -> Answer: ...

        with pytest.raises(TypeError, match="async def"):
            self._app(blocking)
