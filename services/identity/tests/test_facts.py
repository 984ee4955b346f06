"""Every fact that identity states fits its schema in contracts/, and leaves by the real worker to the real broker."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import nats
import pytest
from nats.aio.msg import Msg
from support import PUBLIC_URL, Api, Team, claims_of

from crm_testkit.eventually import eventually
from crm_testkit.processes import Running, Starter
from crm_testkit.servers import Servers

CONTRACTS = Path(__file__).parents[3] / "contracts" / "facts" / "identity"
FILES = sorted(CONTRACTS.glob("*.json"))


def contract(type_: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CONTRACTS / f"{type_}.v1.json").read_text())
    return loaded


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_example_fits_the_schema(file: Path) -> None:
    written = json.loads(file.read_text())
    validator = jsonschema_rs.validator_for(written["schema"], validate_formats=True)
    validator.validate(written["example"])
    assert not validator.is_valid({**written["example"], "type": "something.else"})


@pytest.fixture(scope="module")
def worker(start_service: Starter) -> Running:
    return start_service("identity", "work", CRM_PUBLIC_URL=PUBLIC_URL)


async def test_what_is_published_fits(
    worker: Running, api: Api, servers: Servers, new_email: Callable[[], str], team: Callable[..., Team]
) -> None:
    """A team's life, once through everything that states a fact."""
    connection = await nats.connect(servers.nats_url)
    seen: dict[str, Any] = {}
    try:

        async def collect(message: Msg) -> None:
            fact = json.loads(message.data)
            seen[fact["type"]] = fact

        await connection.jetstream().subscribe("facts.v1.*.identity.>", ordered_consumer=True, cb=collect)
        owner, other = team(), team()
        owner.patch(f"/workspaces/{owner.workspace_id}", {"name": "Acme Ltd"})
        invited = owner.post("/invitations", {"email": "bob@example.org", "role": "member"}).json()
        token = invited["link"].partition("token=")[2]
        other.post("/invitations/accept", {"token": token})
        revoked = owner.post("/invitations", {"email": "eve@example.org", "role": "member"}).json()
        owner.delete(f"/invitations/{revoked['id']}")
        owner.patch(f"/members/{other.user_id}", {"role": "viewer"})
        owner.delete(f"/members/{other.user_id}")
        made = owner.post("/api-tokens", {"name": "nightly", "scopes": ["read"]}).json()
        owner.delete(f"/api-tokens/{made['id']}")
        session = api.sign_up(new_email())
        api.post("/logout", token=session["access_token"])

        expected = {file.name.removesuffix(".v1.json") for file in FILES}
        await eventually(lambda: sorted(expected - set(seen)) or "nothing", has="nothing", within_s=15)
    finally:
        await connection.close()
    for type_, fact in seen.items():
        jsonschema_rs.validator_for(contract(type_)["schema"], validate_formats=True).validate(fact)
    ended = seen["session.ended"]["data"]
    assert ended["session_id"] == claims_of(session["access_token"])["session_id"]
