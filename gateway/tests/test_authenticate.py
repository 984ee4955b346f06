"""Cases J1, J2, J3, J4 at the gateway."""

import asyncio
import base64
import json
import time
import uuid
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from framing import exchange, statuses
from joserfc.jwk import ECKey
from problem import problem
from service import Service

from crm_testkit import Running, Tokens, eventually


def _b64(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed(tokens: Tokens, payload: bytes, **header: Any) -> str:
    """Any bytes under any header, with a signature that is right: what no JWT library would sign."""
    key = tokens.keys[-1]
    head = {"alg": "ES256", "typ": "JWT", "kid": key.kid, **header}
    text = f"{_b64(head)}.{_b64(payload)}"
    r, s = decode_dss_signature(key.private_key.sign(text.encode(), ECDSA(SHA256())))
    return f"{text}.{_b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _forged(tokens: Tokens) -> dict[str, str]:
    """Each is refused for the one thing that its name says."""
    claims = tokens.claims()
    good = tokens.sign(claims)
    head, body, signature = good.split(".")
    kid = tokens.keys[-1].kid
    stranger = ECKey.generate_key("P-256", {"kid": kid})

    def raw(header: Any, payload: Any = claims) -> str:
        return f"{_b64(header)}.{_b64(payload)}.{signature}"

    def signed(**changed: Any) -> str:
        return tokens.sign(tokens.claims(**changed))

    plain = json.dumps(claims).encode()
    duplicate = json.dumps(claims)[:-1] + ', "sub": "' + str(uuid.uuid4()) + '"}'
    return {
        "alg none": raw({"alg": "none", "typ": "JWT", "kid": kid}),
        "alg nOnE, no signature": f"{_b64({'alg': 'nOnE', 'typ': 'JWT', 'kid': kid})}.{body}.",
        "alg HS256": raw({"alg": "HS256", "typ": "JWT", "kid": kid}),
        "alg es256": raw({"alg": "es256", "typ": "JWT", "kid": kid}),
        "another key": tokens.sign(claims, key=stranger),
        "crit": _signed(tokens, plain, crit=["exp"]),
        "jku": _signed(tokens, plain, jku="https://evil.example/keys"),
        "x5u": _signed(tokens, plain, x5u="https://evil.example/chain"),
        "jwk": _signed(tokens, plain, jwk=stranger.as_dict(private=False)),
        "b64 false": _signed(tokens, plain, b64=False),
        "kid as list": _signed(tokens, plain, kid=[kid]),
        "typ at+jwt": _signed(tokens, plain, typ="at+jwt"),
        "four parts": f"{good}.x",
        "two parts": f"{head}.{body}",
        "padding": f"{head}.{body}.{signature}=",
        "duplicate members": _signed(tokens, duplicate.encode()),
        "UTF-16": _signed(tokens, plain.decode().encode("utf-16")),
        "not an object": _signed(tokens, b"[" + plain + b"]"),
        "exp NaN": _signed(tokens, json.dumps({**claims, "exp": float("nan")}).encode()),
        "exp 1e400": _signed(tokens, plain.replace(b'"exp": ', b'"exp": 1e400, "_": ')),
        "nested deeply": _signed(tokens, b"[" * 2000 + b"]" * 2000),
        "flipped signature": f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "no exp": signed(exp=None),
        "exp as text": signed(exp=str(int(time.time()) + 60)),
        "exp true": signed(exp=True),
        "expired": signed(exp=int(time.time()) - 60),
        "iat in the future": signed(iat=int(time.time()) + 600),
        "nbf in the future": signed(nbf=int(time.time()) + 600),
        "no aud": signed(aud=None),
        "wrong aud": signed(aud="somebody else"),
        "iss prefix": signed(iss=tokens.issuer + ".evil.example"),
        "iss list": signed(iss=[tokens.issuer]),
        "no sub": signed(sub=None),
        "sub no UUID": signed(sub="admin"),
        "role anon": signed(role="anon"),
        "role service_role": signed(role="service_role"),
        "kid as path": tokens.sign(claims, kid="../../etc/passwd"),
        "no JWT at all": "abc",
        "API token that nobody made": "mcrm_" + "a" * 40,
    }


async def test_every_forged_token_gets_the_same_401(
    client: httpx.AsyncClient, upstream: Service, tokens: Tokens
) -> None:
    bodies = set()
    for name, token in _forged(tokens).items():
        answer = await client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {token}"})
        body = problem(answer, 401)
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"', name
        bodies.add(json.dumps({**body, "request_id": ""}))
    assert (len(bodies), upstream.seen) == (1, [])


async def test_control_the_good_token_is_let_in(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    assert (await client.get("/api/v1/contacts", headers=signed_in)).status_code == 200
    ours = _signed(upstream.tokens, json.dumps(upstream.tokens.claims()).encode())
    assert (await client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {ours}"})).status_code == 200
    assert len(upstream.seen) == 2


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_matched_without_case(scheme: str, client: httpx.AsyncClient, tokens: Tokens) -> None:
    headers = {"Authorization": f"{scheme} {tokens.user('Ada').token}"}
    assert (await client.get("/api/v1/contacts", headers=headers)).status_code == 200


async def test_no_token_and_a_token_in_the_address_are_401_and_stay_out_of_the_log(
    client: httpx.AsyncClient, gateway: Running, upstream: Service, tokens: Tokens
) -> None:
    token = tokens.user("Ada").token
    problem(await client.get("/api/v1/contacts"), 401)
    problem(await client.get(f"/api/v1/contacts?access_token={token}"), 401)
    assert upstream.seen == []
    assert token not in gateway.logs


def test_a_token_larger_than_the_head_may_be_is_431(gateway: Running, upstream: Service) -> None:
    text = f"GET /api/v1/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {'a' * 17_000}\r\n\r\n"
    assert statuses(exchange(urlsplit(gateway.base_url).netloc, text)[0]) == [431]
    assert upstream.seen == []


async def test_an_api_token_is_exchanged_once_and_reaches_its_own_workspace_only(
    client: httpx.AsyncClient, upstream: Service, tokens: Tokens
) -> None:
    user = tokens.user("Robot")
    upstream.api_tokens["mcrm_good"] = user
    headers = {"Authorization": "Bearer mcrm_good"}
    for _ in range(3):
        assert (await client.get("/api/v1/contacts", headers=headers)).status_code == 200
    seen = upstream.seen[-1]
    assert seen.values("authorization") == [f"Bearer {user.token}"]
    assert (seen.values("x-internal-workspace"), seen.values("x-internal-scopes")) == ([user.workspace_id], ["read"])
    problem(await client.get("/api/v1/contacts", headers={**headers, "X-Workspace-Id": str(uuid.uuid4())}), 404)


async def test_a_flood_of_unknown_keys_costs_the_issuer_nothing(
    start_gateway: Any, upstream: Service, tokens: Tokens, signed_in: dict[str, str]
) -> None:
    """Case J3, shortened: unknown kids in parallel are at most one fetch, and valid users do not notice."""
    gateway = start_gateway()
    before = tokens.fetches
    async with httpx.AsyncClient(base_url=gateway.base_url, timeout=30) as client:

        async def knock(kid: str) -> int:
            token = tokens.sign(tokens.claims(), kid=kid)
            return (await client.get("/api/v1/contacts", headers={"Authorization": f"Bearer {token}"})).status_code

        assert (await client.get("/api/v1/contacts", headers=signed_in)).status_code == 200
        knocks = await asyncio.gather(*(knock(str(uuid.uuid4())) for _ in range(200)))
        assert set(knocks) == {401}
        assert (await client.get("/api/v1/contacts", headers=signed_in)).status_code == 200
    assert tokens.fetches - before <= 1


async def test_a_rotated_key_is_seen(start_gateway: Any, tokens: Tokens, upstream: Service) -> None:
    gateway = start_gateway()
    tokens.rotate()
    headers = {"Authorization": f"Bearer {tokens.user('Ada').token}"}
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:

        async def let_in() -> bool:
            return (await client.get("/api/v1/contacts", headers=headers)).status_code == 200

        await eventually(let_in, within_s=35)


async def test_without_any_key_the_gateway_is_not_ready_and_says_503(start_service: Any, tokens: Tokens) -> None:
    """Case J4, the cold start."""
    gateway = start_service("gateway", CRM_IDENTITY_URL="http://127.0.0.1:9", wait=False)
    async with httpx.AsyncClient(base_url=gateway.base_url) as client:

        async def refused() -> int:
            return (await client.get("/health/ready")).status_code

        assert await eventually(refused) == 503
        headers = {"Authorization": f"Bearer {tokens.user('Ada').token}"}
        answer = await client.get("/api/v1/me", headers=headers)
        assert answer.status_code in (404, 503)
        assert (await client.get("/health/live")).status_code == 200
