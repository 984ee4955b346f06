"""Case G5: what is not in the contract is not there."""

import httpx2 as httpx
import pytest
from problem import problem
from service import Service


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1",
        "/api/",
        "/api",
        "/api/internal/membership",
        "/api/v1/internal/membership",
        "/api/v1/contacts/",
    ],
)
async def test_an_unknown_path_below_api_is_a_404(
    path: str, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    problem(await client.get(path, headers=signed_in), 404)
    assert upstream.seen == []


async def test_an_internal_route_is_the_same_404_as_a_made_up_one(
    client: httpx.AsyncClient, signed_in: dict[str, str]
) -> None:
    bodies = [
        {**(await client.get(f"/api/{path}", headers=signed_in)).json(), "request_id": ""}
        for path in ("internal/membership", "made/up")
    ]
    assert bodies[0] == bodies[1]


async def test_a_wrong_method_is_a_405_that_names_the_right_ones(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.put("/api/v1/contacts", json={}, headers=signed_in)
    problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert upstream.seen == []


async def test_options_names_the_methods(client: httpx.AsyncClient) -> None:
    answer = await client.options("/api/v1/contacts")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")


async def test_head_is_answered_as_get_without_the_body(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.head("/api/v1/contacts", headers=signed_in)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b"", '"1.0"')
    assert [seen.method for seen in upstream.seen] == ["GET"]


async def test_a_static_segment_goes_before_a_variable_one(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    problem(await client.get("/api/v1/contacts/bulk", headers=signed_in), 405)
    assert (await client.post("/api/v1/contacts/bulk", json={}, headers=signed_in)).status_code == 200
