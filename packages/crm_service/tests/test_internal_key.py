"""Without a key that fits the named caller a service does nothing, and a key is rotated without a failure."""

import aiohttp
import pytest

from crm_testkit import internal_headers, internal_keys

OPERATIONS = [
    ("GET", "/api/v1/people"),
    ("POST", "/api/v1/people"),
    ("DELETE", "/api/v1/people/018f2f6e-7d1a-7c3a-b1a2-000000000001"),
    ("GET", "/internal/members"),
    ("GET", "/openapi.json"),
    ("GET", "/health/other"),
    ("GET", "/no/such/path"),
]
BAD_KEYS = {
    "none": {"X-Internal-Key": None},
    "empty": {"X-Internal-Key": ""},
    "wrong": {"X-Internal-Key": "not-the-key"},
    "another caller's": {"X-Internal-Key": internal_keys()["events"]},
    "unknown caller": {"X-Internal-Caller": "mallory"},
    "no caller": {"X-Internal-Caller": None},
}


@pytest.mark.parametrize("method,path", OPERATIONS)
@pytest.mark.parametrize("bad", BAD_KEYS.values(), ids=BAD_KEYS.keys())
async def test_a_key_that_does_not_fit_is_401_whatever_token_comes_with_it(
    http: aiohttp.ClientSession, ada: dict[str, str], method: str, path: str, bad: dict[str, str | None]
) -> None:
    headers = {name: value for name, value in {**ada, **bad}.items() if value is not None}

    async with http.request(
        method, path, headers=headers, json={"name": "Bob"} if method == "POST" else None
    ) as answer:
        assert (answer.status, answer.content_type) == (401, "application/problem+json")
        assert (await answer.json())["request_id"] == answer.headers["X-Request-Id"]


async def test_a_doubled_key_is_401(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    doubled = [*ada.items(), ("X-Internal-Key", ada["X-Internal-Key"])]

    async with http.get("/api/v1/people", headers=doubled) as answer:
        assert answer.status == 401


async def test_nothing_was_done_and_the_attempts_are_in_the_log(
    http: aiohttp.ClientSession, ada: dict[str, str], service: object
) -> None:
    async with http.post(
        "/api/v1/people", headers={**ada, "X-Internal-Key": "wrong"}, json={"name": "Never"}
    ) as answer:
        assert answer.status == 401
    async with http.get("/api/v1/seen", headers=ada) as answer:
        assert "Never" not in await answer.json()
    lines: str = service.lines  # type: ignore[attr-defined]
    assert "internal key refused" in lines
    assert ada["X-Internal-Key"] not in lines


async def test_both_values_of_a_key_in_rotation_are_good(http: aiohttp.ClientSession, ada: dict[str, str]) -> None:
    for key in (ada["X-Internal-Key"], "the-next-key"):
        async with http.get("/api/v1/people", headers={**ada, "X-Internal-Key": key}) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_the_two_probes_need_no_key(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("caller,status", [("gateway", 200), ("events", 403)])
async def test_an_internal_route_serves_the_callers_it_names(
    http: aiohttp.ClientSession, caller: str, status: int
) -> None:
    async with http.get("/internal/members", headers=internal_headers(caller=caller)) as answer:
        assert answer.status == status
