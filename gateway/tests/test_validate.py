"""Case G13, and the contract's parameters and bodies."""

import uuid
from typing import Any

import httpx2 as httpx
import pytest
from problem import pointers, problem
from service import Service

JSON = {"Content-Type": "application/json"}
DEEP = '{"custom":{"a":' + "[" * 31 + "]" * 31 + "}}"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "multipart/form-data; boundary=a"}, 415),
        ({**JSON, "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": 'application/json; charset="UTF-8"'}, 200),
        (JSON, 200),
    ],
)
async def test_media_types(
    headers: dict[str, str], status: int, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/contacts", content=b"{}", headers={**signed_in, **headers})
    assert answer.status_code == status
    assert len(upstream.seen) == (status == 200)
    if status != 200:
        problem(answer, status)


@pytest.mark.parametrize(
    ("text", "pointer", "code"),
    [
        ('{"first_name":"a","first_name":"b"}', "/first_name", "duplicate_member"),
        ('{"custom":{"a":[{"b":1,"b":2}]}}', "/custom/a/0/b", "duplicate_member"),
        ('{"custom":{"a":NaN}}', "/custom/a", "not_a_number"),
        ('{"custom":{"a":-Infinity}}', "/custom/a", "not_a_number"),
        ('{"custom":{"a":1e400}}', "/custom/a", "not_a_number"),
        (DEEP, "/custom/a" + "/0" * 30, "too_deep"),
        ('{"first_name":"a\\u0000"}', "/first_name", "unfit_character"),
        ('{"custom":{"a~b/c":"\\ud800"}}', "/custom/a~0b~1c", "unfit_character"),
        ('{"first_name":"\\udc00x"}', "/first_name", "unfit_character"),
        ("{", "", "not_json"),
        ("", "", "body_missing"),
        ('{"first_name":"\x00"}', "", "not_json"),
        ("[" * 5000, "", "too_deep"),
    ],
)
async def test_json_with_more_than_one_meaning(
    text: str, pointer: str, code: str, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/contacts", content=text.encode(), headers={**signed_in, **JSON})
    assert pointers(answer, 400) == {pointer: code}
    assert upstream.seen == []


async def test_bytes_that_are_no_utf8(client: httpx.AsyncClient, signed_in: dict[str, str]) -> None:
    answer = await client.post("/api/v1/contacts", content=b'{"first_name":"\xe4"}', headers={**signed_in, **JSON})
    assert pointers(answer, 400) == {"": "not_utf8"}


@pytest.mark.parametrize(
    "text",
    [
        '{"first_name":"\\ud83d\\ude00"}',
        DEEP.replace("[" * 31, "[" * 29).replace("]" * 31, "]" * 29),
        '{"custom":{"a":1e300}}',
    ],
)
async def test_control_unusual_json_that_is_well_formed_passes(
    text: str, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/contacts", content=text.encode(), headers={**signed_in, **JSON})
    assert answer.status_code == 200
    assert upstream.seen[0].body == text.encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"frist_name": "Ada"}, {"/frist_name": "unknown_field"}),
        ({"first_name": 1}, {"/first_name": "wrong_type"}),
        ({"first_name": "a" * 201}, {"/first_name": "too_long"}),
        (
            {"emails": [{"value": "a@b.c"}, {"vlaue": "x"}]},
            {"/emails/1/value": "required", "/emails/1/vlaue": "unknown_field"},
        ),
        ({"birthday": "yesterday"}, {"/birthday": "invalid_format"}),
        ({"address": {"town": "Ulm"}}, {"/address/town": "unknown_field"}),
        ([], {"": "wrong_type"}),
    ],
)
async def test_a_body_that_does_not_fit(
    body: Any, expected: dict[str, str], client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.post("/api/v1/contacts", json=body, headers=signed_in)
    assert pointers(answer, 422) == expected
    assert upstream.seen == []


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
async def test_a_patch_in_either_spelling(
    media_type: str, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    path = f"/api/v1/contacts/{uuid.uuid4()}"
    body = b'{"birthday":null,"address":null}'
    answer = await client.patch(path, content=body, headers={**signed_in, "Content-Type": media_type})
    assert (answer.status_code, upstream.seen[0].body) == (200, body)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", {"/query/limit": "too_small"}),
        ("limit=201", {"/query/limit": "too_large"}),
        ("limit=ten", {"/query/limit": "wrong_type"}),
        ("limit=5&limit=6", {"/query/limit": "repeated"}),
        ("trashed=maybe", {"/query/trashed": "wrong_type"}),
        ("q=" + "a" * 21, {"/query/q": "too_long"}),
        ("lmit=5", {"/query/lmit": "unknown_parameter"}),
        ("q=%ff", {"/query": "not_utf8"}),
        ("ids=1&ids=b", {"/query/ids/1": "wrong_type"}),
    ],
)
async def test_a_query_that_does_not_fit(
    query: str, expected: dict[str, str], client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    answer = await client.get(f"/api/v1/contacts?{query}", headers=signed_in)
    assert pointers(answer, 400) == expected
    assert upstream.seen == []


@pytest.mark.parametrize("query", ["limit=200&trashed=true&q=M%C3%BCller+%26", "ids=1&ids=2", "q=", "q=null"])
async def test_control_a_query_that_fits_is_passed_on_as_it_came(
    query: str, client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    assert (await client.get(f"/api/v1/contacts?{query}", headers=signed_in)).status_code == 200
    assert upstream.seen[0].path == f"/api/v1/contacts?{query}"


async def test_an_id_that_is_no_uuid_is_not_there(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    problem(await client.get("/api/v1/contacts/17", headers=signed_in), 404)
    assert upstream.seen == []


async def test_a_public_operation_checks_its_parameters_too(client: httpx.AsyncClient, upstream: Service) -> None:
    assert pointers(await client.get("/api/v1/calendar.ics"), 400) == {"/query/token": "required"}
    assert (await client.get("/api/v1/calendar.ics?token=a")).status_code == 200
    assert upstream.seen[0].values("authorization") == []


async def test_a_read_with_a_body_is_refused(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    problem(await client.request("GET", "/api/v1/contacts", content=b"{}", headers={**signed_in, **JSON}), 400)
    assert upstream.seen == []
