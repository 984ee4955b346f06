"""The user's token and the gateway's headers become the caller that a handler names, or a refusal."""

from collections.abc import Callable

import aiohttp
import pytest

from crm_testkit import Tokens, internal_headers

PERSON = "/api/v1/people/018f2f6e-7d1a-7c3a-b1a2-000000000001"
AsRole = Callable[[str], dict[str, str]]


@pytest.mark.parametrize(
    "method,path,role,status",
    [
        ("GET", PERSON, "viewer", 200),
        ("POST", "/api/v1/people", "viewer", 403),
        ("POST", "/api/v1/people", "member", 201),
        ("DELETE", PERSON, "member", 403),
        ("DELETE", PERSON, "admin", 204),
        ("DELETE", PERSON, "owner", 204),
    ],
)
async def test_the_signature_says_who_may(
    http: aiohttp.ClientSession, as_role: AsRole, method: str, path: str, role: str, status: int
) -> None:
    body = {"name": "Bob"} if method == "POST" else None
    async with http.request(method, path, headers=as_role(role), json=body) as answer:
        assert answer.status == status
        if status == 403:
            assert (await answer.json())["code"] == "role_too_low"


@pytest.mark.parametrize("scopes,status", [("read", 403), ("write", 201), ("admin", 201), ("", 403), (None, 201)])
async def test_an_api_token_does_what_its_scopes_say(
    http: aiohttp.ClientSession, ada: dict[str, str], scopes: str | None, status: int
) -> None:
    headers = ada if scopes is None else {**ada, "X-Internal-Scopes": scopes}
    async with http.post("/api/v1/people", headers=headers, json={"name": "Bob"}) as answer:
        assert answer.status == status
        if status == 403:
            assert (await answer.json())["code"] == "scope_missing"


@pytest.mark.parametrize("authorization", [None, "", "Basic YWRh", "Bearer", "Bearer not.a.token", "Bearer mcrm_abc"])
async def test_a_good_key_without_a_good_token_is_401(
    http: aiohttp.ClientSession, ada: dict[str, str], authorization: str | None
) -> None:
    headers = {name: value for name, value in ada.items() if name != "Authorization"}
    if authorization is not None:
        headers["Authorization"] = authorization

    async with http.get(PERSON, headers=headers) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_who_you_are_comes_before_what_you_said(http: aiohttp.ClientSession, as_role: AsRole) -> None:
    async with http.post("/api/v1/people", headers=as_role("viewer"), data=b"{not json") as answer:
        assert answer.status == 403


async def test_a_token_of_another_user_than_the_gateway_named_is_401(
    http: aiohttp.ClientSession, ada: dict[str, str], tokens: Tokens
) -> None:
    async with http.get(PERSON, headers={**ada, "X-Internal-User": tokens.user().id}) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("broken", [{"X-Internal-Workspace": "7"}, {"X-Internal-Role": "emperor"}])
async def test_headers_that_make_no_sense_are_400(
    http: aiohttp.ClientSession, ada: dict[str, str], broken: dict[str, str]
) -> None:
    async with http.get(PERSON, headers={**ada, **broken}) as answer:
        assert answer.status == 400


async def test_a_user_needs_no_workspace(http: aiohttp.ClientSession, tokens: Tokens) -> None:
    user = tokens.user("Ada Lovelace")
    headers = internal_headers(user)
    del headers["X-Internal-Workspace"], headers["X-Internal-Role"]

    async with http.get("/api/v1/me", headers=headers) as answer:
        assert await answer.json() == {"id": user.id, "email": user.email, "name": "Ada Lovelace"}


async def test_names_arrive_in_every_script(http: aiohttp.ClientSession, tokens: Tokens) -> None:
    async with http.get("/api/v1/whoami", headers=internal_headers(tokens.user("Ælfgifu 李"))) as answer:
        assert (await answer.json())["actor"] == "Ælfgifu 李"
