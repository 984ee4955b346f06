"""Ready bytes with their entity tags; request ids and traces that go through."""

import re
from typing import Any

import aiohttp
import pytest

from crm_testkit import eventually

PERSON = "/api/v1/people/018f2f6e-7d1a-7c3a-b1a2-000000000001"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def test_bytes_go_out_as_they_are(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    async with http.get(PERSON, headers=ada) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["ETag"] == '"1.0"'
        assert await answer.read() == b'{"id":"018f2f6e-7d1a-7c3a-b1a2-000000000001","name":"Ada"}'


async def test_a_handler_may_also_return_a_value(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    async with http.post("/api/v1/echo", headers=ada, json={"name": "Bob"}) as answer:
        assert (answer.status, await answer.json()) == (201, {"name": "Bob", "age": None, "addresses": []})


@pytest.mark.parametrize(
    "if_none_match,status",
    [
        ('"1.0"', 304),
        ('W/"1.0"', 304),
        ('"0.9", "1.0"', 304),
        ("*", 304),
        ('"1.1"', 200),
        ('"1"', 200),
        ("1.0", 200),
        ("", 200),
    ],
)
async def test_if_none_match(http: aiohttp.ClientSession, ada: dict[str, str], if_none_match: str, status: int) -> None:
    async with http.get(PERSON, headers={**ada, "If-None-Match": if_none_match}) as answer:
        assert answer.status == status
        assert answer.headers["ETag"] == '"1.0"'
        assert bool(await answer.read()) == (status == 200)


async def test_a_list_has_a_tag_of_its_bytes(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    async with http.get("/api/v1/people", headers=ada) as first:
        tag = first.headers["ETag"]
    async with http.get("/api/v1/people", headers={**ada, "If-None-Match": tag}) as second:
        assert second.status == 304


async def test_a_change_names_its_operation(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    async with http.delete(PERSON, headers=ada) as answer:
        assert (answer.status, answer.headers["X-Operation-Id"], await answer.read()) == (204, "op", b"")


@pytest.mark.parametrize("given,taken", [("req-1.A_b:c", True), ("a" * 128, True), ("a" * 300, False), ("a b", False)])
async def test_a_request_id_is_taken_over_if_it_is_well_formed(
    http: aiohttp.ClientSession, ada: dict[str, str], service: Any, given: str, taken: bool
) -> None:
    async with http.get(PERSON, headers={**ada, "X-Request-Id": given}) as answer:
        own = answer.headers["X-Request-Id"]
    assert (own == given) is taken
    await eventually(lambda: service.lines, has=f'"request_id":"{own}"')


@pytest.mark.parametrize(
    "given,continued",
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", True),
        (f"00-{TRACE}-00f067aa0ba902b7-00", True),
        (f"cc-{TRACE}-00f067aa0ba902b7-01-later", True),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        ("nonsense", False),
    ],
)
async def test_a_trace_is_continued_if_it_is_well_formed(
    http: aiohttp.ClientSession, ada: dict[str, str], given: str, continued: bool
) -> None:
    async with http.get("/api/v1/whoami", headers={**ada, "traceparent": given}) as answer:
        ours = (await answer.json())["trace"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", ours)
    assert (TRACE in ours) is continued
    assert "00f067aa0ba902b7" not in ours  # a span of our own


async def test_tokens_and_queries_are_in_no_log(http: aiohttp.ClientSession, ada: dict[str, str], service: Any) -> None:
    async with http.get("/api/v1/people?q=very-private-words", headers=ada) as answer:
        request_id = answer.headers["X-Request-Id"]

    await eventually(lambda: service.lines, has=request_id)  # the line is written after the answer
    assert "very-private-words" not in service.lines
    assert ada["Authorization"].removeprefix("Bearer ") not in service.lines
