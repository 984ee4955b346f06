"""The auth protocol at the edge: identity's, or a hosted project's, with refusals in their own shape."""

from collections.abc import Callable

import httpx2 as httpx
import pytest
from aiohttp import web
from service import Service, running

from crm_testkit import Running, Tokens

Start = Callable[..., Running]
DATED = {"X-Supabase-Api-Version": "2024-01-01"}


async def test_identity_gets_the_call_with_our_key_and_its_answer_comes_back_unchanged(
    client: httpx.AsyncClient, upstream: Service, gateway: Running
) -> None:
    @upstream.on("GET", "/auth/v1/verify")
    async def verify(_request: web.Request) -> web.Response:
        location = {"Location": "https://app.example/welcome?code=1", "x-sb-error-code": "a", "Set-Cookie": "a=b"}
        return web.Response(status=303, headers={**location, "Cache-Control": "no-store"})

    sent = {
        "apikey": "publishable",
        "X-Client-Info": "auth-js",
        "Authorization": "Bearer anon",
        **DATED,
        "X-Internal-Key": "forged",
    }
    answer = await client.get("/auth/v1/verify?token=a&type=signup", headers=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "https://app.example/welcome?code=1")
    assert answer.headers["x-sb-error-code"] == "a" and "set-cookie" not in answer.headers
    seen = upstream.seen[0]
    assert seen.path == "/auth/v1/verify?token=a&type=signup"
    assert seen.values("x-internal-key") == [gateway.environ["CRM_INTERNAL_KEY"]]
    assert (seen.values("apikey"), seen.values("authorization")) == (["publishable"], ["Bearer anon"])
    assert seen.values("x-internal-client") == ["127.0.0.1"]


async def test_a_body_is_passed_on_unread_whatever_its_members(client: httpx.AsyncClient, upstream: Service) -> None:
    body = b'{"email":"a@b.c","gotrue_meta_security":{},"code_challenge":null}'
    headers = {"Content-Type": "application/json;charset=UTF-8"}
    assert (await client.post("/auth/v1/token?grant_type=password", content=body, headers=headers)).status_code == 200
    assert upstream.seen[0].body == body


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (DATED, {"code": "request_entity_too_large", "message": "The body is larger than 1048576 bytes."}),
        ({}, {"code": 413, "error_code": "request_entity_too_large", "msg": "The body is larger than 1048576 bytes."}),
        (
            {"X-Supabase-Api-Version": "junk"},
            {"code": 413, "error_code": "request_entity_too_large", "msg": "The body is larger than 1048576 bytes."},
        ),
    ],
)
async def test_our_own_refusals_speak_the_protocol(
    headers: dict[str, str], body: dict[str, object], client: httpx.AsyncClient, upstream: Service
) -> None:
    answer = await client.post("/auth/v1/signup", content=b"a" * ((1 << 20) + 1), headers=headers)
    assert (answer.status_code, answer.json(), upstream.seen) == (413, body, [])
    assert answer.headers.get("x-supabase-api-version") == ("2024-01-01" if headers == DATED else None)


async def test_a_dead_identity_is_a_retryable_503(start_gateway: Start, upstream: Service) -> None:
    gateway = start_gateway(SUPABASE_URL="http://127.0.0.1:9", SUPABASE_JWT_SECRET="s" * 40)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        answer = await client.post("/auth/v1/token?grant_type=refresh_token", json={}, headers=DATED)
    assert (answer.status_code, answer.json()["code"]) == (503, "request_timeout")


async def test_each_kind_of_sign_in_has_a_bucket_per_address(start_gateway: Start, upstream: Service) -> None:
    gateway = start_gateway(CRM_RATE_LIMITS="on", CRM_BUCKET_SIGNIN="3/0.01", CRM_BUCKET_REFRESH="2/0.01")

    async def statuses(path: str, *bodies: dict[str, str]) -> list[int]:
        return [(await client.post(path, json=body)).status_code for body in bodies]

    async with httpx.AsyncClient(base_url=gateway.base_url) as client:
        assert await statuses("/auth/v1/token?grant_type=password", *[{}] * 4) == [200, 200, 200, 429]
        assert await statuses("/auth/v1/recover", *[{}] * 4) == [200, 200, 200, 429]
        answer = await client.post("/auth/v1/recover", json={}, headers=DATED)
        assert answer.json() == {"code": "over_request_rate_limit", "message": "Request rate limit reached"}
        assert int(answer.headers["retry-after"]) >= 1
        # A refresh is limited per session, whatever the counter at the token's end: an office shares an address.
        one, other = "A" * 22, "B" * 22
        tokens = [
            {"refresh_token": session + counter}
            for session, counter in [(one, "x"), (one, "y"), (one, "z"), (other, "x")]
        ]
        assert await statuses("/auth/v1/token?grant_type=refresh_token", *tokens) == [200, 200, 429, 200]


async def test_a_hosted_project_gets_its_key_and_nothing_of_ours(
    start_gateway: Start, upstream: Service, tokens: Tokens
) -> None:
    with running(tokens) as hosted:
        gateway = start_gateway(SUPABASE_URL=hosted.url, SUPABASE_PUBLISHABLE_KEY="sb_publishable_1")
        theirs = tokens.user("Ada", iss=f"{hosted.url}/auth/v1")
        async with httpx.AsyncClient(base_url=gateway.base_url) as client:
            await client.post(
                "/auth/v1/signup?redirect_to=a", json={"email": "a@b.c"}, headers={"X-Forwarded-For": "1.2.3.4"}
            )
            await client.get("/auth/v1/user", headers={"apikey": "its own", "Authorization": f"Bearer {theirs.token}"})
            for user in (theirs, tokens.user("Bob")):
                answer = await client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {user.token}"})
                assert answer.status_code == 200
        names = {name.lower() for seen in hosted.seen for name, _ in seen.headers}
        assert not {
            name for name in names if name.startswith(("x-internal", "x-forwarded", "x-request", "traceparent"))
        }
        assert [seen.values("apikey") for seen in hosted.seen] == [["sb_publishable_1"], ["its own"]]
        assert hosted.seen[0].values("host") == [hosted.url.removeprefix("http://")]
    assert [seen.path for seen in upstream.seen] == ["/api/v1/contacts", "/api/v1/contacts"]
