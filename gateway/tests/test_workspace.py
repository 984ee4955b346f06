"""Who the caller is in a workspace: asked once, told to the service, never what the client says of itself (G8)."""

import uuid

import httpx2 as httpx
import pytest
from problem import problem
from service import Service

from crm_testkit import Tokens

FORGED = {
    "X-Internal-Key": "forged",
    "x-internal-role": "owner",
    "X-INTERNAL-USER": "forged",
    "X-Internal-Workspace": "forged",
    "X-Internal-Caller": "forged",
    "X-Internal-Actor": "forged",
    "X-Internal-Client": "forged",
    "X-Internal-Scopes": "forged",
    "X-Internal-Deadline-Ms": "1",
}


async def test_the_service_is_told_who_asks(client: httpx.AsyncClient, upstream: Service, tokens: Tokens) -> None:
    user = tokens.user("Zoë Ångström")
    upstream.roles[user.id] = "member"
    headers = {"Authorization": f"Bearer {user.token}", "X-Workspace-Id": user.workspace_id}
    assert (await client.get("/api/v1/contacts", headers=headers)).status_code == 200
    told = {name.lower(): value for name, value in upstream.seen[0].headers if name.lower().startswith("x-internal")}
    assert {key: told[key] for key in told if key not in ("x-internal-key", "x-internal-deadline-ms")} == {
        "x-internal-caller": "gateway",
        "x-internal-client": "127.0.0.1",
        "x-internal-user": user.id,
        "x-internal-workspace": user.workspace_id,
        "x-internal-role": "member",
        "x-internal-actor": "Zo%C3%AB%20%C3%85ngstr%C3%B6m",
        "x-internal-country": "DE",
        "x-internal-time-zone": "Europe/Berlin",
        "x-internal-currency": "EUR",
    }
    assert 14_000 < int(told["x-internal-deadline-ms"]) <= 15_000


@pytest.mark.parametrize("how", ["JWT", "API token", "nobody"])
async def test_forged_internal_headers_reach_no_service(
    how: str, client: httpx.AsyncClient, upstream: Service, tokens: Tokens
) -> None:
    user = tokens.user("Ada")
    upstream.api_tokens["mcrm_forged"] = user
    proof = {"JWT": user.token, "API token": "mcrm_forged"}.get(how)
    headers = [*FORGED.items(), *FORGED.items()]
    if proof is not None:
        headers.append(("Authorization", f"Bearer {proof}"))
    path = "/api/v1/contacts" if proof is not None else "/api/v1/calendar.ics?token=a"
    assert (await client.get(path, headers=headers)).status_code == 200
    seen = upstream.seen[0]
    for name in FORGED:
        values = seen.values(name)
        assert len(values) <= 1
        assert "forged" not in values
        assert (name, values) != ("X-Internal-Deadline-Ms", ["1"])


async def test_membership_is_asked_for_once(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    for _ in range(5):
        await client.get("/api/v1/contacts", headers=signed_in)
    assert (len(upstream.seen), upstream.memberships_asked) == (5, 1)


async def test_a_foreign_a_made_up_and_a_malformed_workspace_are_one_404(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    bodies = []
    for workspace in ("dead" + str(uuid.uuid4())[4:], "no-uuid"):
        answer = await client.get("/api/v1/contacts", headers={**signed_in, "X-Workspace-Id": workspace})
        bodies.append({**problem(answer, 404), "request_id": ""})
    assert bodies[0] == bodies[1]
    assert upstream.seen == []


@pytest.mark.parametrize(
    ("role", "method", "status"),
    [
        ("viewer", "GET", 200),
        ("viewer", "PATCH", 403),
        ("member", "PATCH", 200),
        ("member", "DELETE", 403),
        ("admin", "DELETE", 200),
        ("", "GET", 404),
    ],
)
async def test_a_role_opens_what_the_contract_says(
    role: str, method: str, status: int, client: httpx.AsyncClient, upstream: Service, tokens: Tokens
) -> None:
    user = tokens.user("Ada")
    upstream.roles[user.id] = role
    body = {"first_name": "Ada"} if method == "PATCH" else None
    headers = {"Authorization": f"Bearer {user.token}"}
    answer = await client.request(method, f"/api/v1/contacts/{uuid.uuid4()}", json=body, headers=headers)
    assert answer.status_code == status
    assert len(upstream.seen) == (status == 200)


async def test_an_operation_without_workspace_needs_no_membership(
    client: httpx.AsyncClient, upstream: Service, signed_in: dict[str, str]
) -> None:
    assert (await client.get("/api/v1/me", headers=signed_in)).status_code == 200
    assert upstream.memberships_asked == 0
    assert upstream.seen[0].values("x-internal-workspace") == []
