"""Every refusal of every kind is one problem+json, with a pointer where there is something to point at."""

from typing import Any

import aiohttp
import pytest

PEOPLE = "/api/v1/people"


async def _problem(answer: aiohttp.ClientResponse, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = await answer.json(content_type="application/problem+json")
    assert (answer.status, body["status"], body["code"]) == (status, status, code)
    assert {"type", "title", "detail", "request_id"} <= body.keys()
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return body


@pytest.mark.parametrize(
    "sent,status,code,pointer",
    [
        (b'{"name":"Bob"}', 201, "", ""),
        (b"{not json", 400, "malformed", ""),
        (b"", 400, "malformed", ""),
        (b'{"name":"\xff"}', 400, "malformed", ""),
        (b'{"name":NaN}', 400, "malformed", ""),
        (b"[]", 422, "invalid", ""),
        (b"{}", 422, "required", "/name"),
        (b'{"name":7}', 422, "invalid", "/name"),
        (b'{"name":"Bob","age":"7"}', 422, "invalid", "/age"),
        (b'{"name":"Bob","agee":7}', 422, "unknown_field", "/agee"),
        (b'{"name":"Bob","addresses":[{"city":"B"},{"city":1}]}', 422, "invalid", "/addresses/1/city"),
        (b'{"name":"Bob","addresses":[{"city":"B","zip":1}]}', 422, "unknown_field", "/addresses/0/zip"),
        (b'{"name":"Bob","a/b~c":1}', 422, "unknown_field", "/a~1b~0c"),
        (b'{"name":"' + b"x" * 201 + b'"}', 422, "invalid", "/name"),
    ],
)
async def test_a_body_is_read_strictly_and_faults_are_pointed_at(
    http: aiohttp.ClientSession, ada: dict[str, str], sent: bytes, status: int, code: str, pointer: str
) -> None:
    async with http.post(PEOPLE, headers={**ada, "Content-Type": "application/json"}, data=sent) as answer:
        if status == 201:
            assert answer.status == 201
            return
        body = await _problem(answer, status, "malformed" if status == 400 else "invalid")
        assert {"pointer", "code", "detail"} == body["errors"][0].keys()
        assert (body["errors"][0]["pointer"], body["errors"][0]["code"]) == (pointer, code)


@pytest.mark.parametrize(
    "media_type,status",
    [
        ("application/json", 201),
        ("application/merge-patch+json; charset=utf-8", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
async def test_bodies_are_json(http: aiohttp.ClientSession, ada: dict[str, str], media_type: str, status: int) -> None:
    async with http.post(PEOPLE, headers={**ada, "Content-Type": media_type}, data=b'{"name":"Bob"}') as answer:
        assert answer.status == status


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "limit=1.5"])
async def test_a_parameter_that_does_not_parse_is_400_with_its_name(
    http: aiohttp.ClientSession, ada: dict[str, str], query: str
) -> None:
    async with http.get(f"{PEOPLE}?{query}", headers=ada) as answer:
        body = await _problem(answer, 400, "malformed")
        assert body["errors"][0]["pointer"] == "/query/limit"
    async with http.get(f"{PEOPLE}?limit=200&q=a", headers=ada) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("path", [f"{PEOPLE}/7", f"{PEOPLE}/not-a-uuid", "/api/v1/nobody", "/api/v1/people/"])
async def test_what_is_not_there_is_404(http: aiohttp.ClientSession, ada: dict[str, str], path: str) -> None:
    async with http.get(path, headers=ada) as answer:
        if path.endswith("/people/"):  # Litestar takes a trailing slash for the same path
            assert answer.status == 200
            return
        await _problem(answer, 404, "not_found")


async def test_another_method_is_405_and_says_which_there_are(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    async with http.put(PEOPLE, headers=ada, json={}) as answer:
        await _problem(answer, 405, "method_not_allowed")
        assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


async def test_a_refusal_of_the_service_is_rendered_as_it_says(
    http: aiohttp.ClientSession, ada: dict[str, str]
) -> None:
    async with http.get("/api/v1/fault/refused", headers=ada) as answer:
        body = await _problem(answer, 409, "locked")
        assert body["detail"] == "Somebody else is changing this."


async def test_a_refusal_of_another_package_is_known_by_its_shape(
    http: aiohttp.ClientSession, ada: dict[str, str]
) -> None:
    async with http.get("/api/v1/fault/elsewhere", headers=ada) as answer:
        body = await _problem(answer, 503, "database_busy")
        assert (body["outcome"], answer.headers["Retry-After"]) == ("unknown", "2")


async def test_a_crash_tells_us_everything_and_the_caller_nothing(
    http: aiohttp.ClientSession, ada: dict[str, str], service: Any
) -> None:
    async with http.get("/api/v1/fault/crash", headers=ada) as answer:
        body = await _problem(answer, 500, "internal")
        assert "secret detail" not in str(body) and "Traceback" not in str(body)
    crash = next(line for line in service.lines.splitlines() if '"crash"' in line)
    assert "RuntimeError: secret detail" in crash and body["request_id"] in service.lines
