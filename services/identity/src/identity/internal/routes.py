"""Membership for the gateway, members for everybody, and the exchange of API tokens."""

from uuid import UUID

import msgspec
from litestar import get, post

from crm_auth import InvalidToken, User
from crm_service.answer import Answer
from crm_service.errors import NotFound
from crm_service.operation import crm
from identity.actor import Actor
from identity.api_tokens.exchanging import exchange
from identity.members import store as members
from identity.state import State
from identity.whoever import believed
from identity.workspaces.first import ensure_membership
from identity.workspaces.store import Membership


class TokenShown(msgspec.Struct):
    token: str


@get("/internal/membership", opt=crm(callers=["gateway", "contacts", "events"]), include_in_schema=False)
async def membership(user: User, state: State, workspace_id: UUID | None = None) -> Answer:
    """Who the bearer is in a workspace, or in their first; 404 where they are nobody, 401 once the session ended."""

    async def act(tx):  # type: ignore[no-untyped-def]
        person = await believed(tx, user, state)
        actor = Actor.of(user, workspace_id or user.user_id, person.name)
        return person, await ensure_membership(tx, actor, person.email, workspace_id)

    person, found = await state.db.retrying(None, act)
    if found is None:
        raise NotFound
    shown = {"user": {"id": user.user_id, "email": person.email, "name": person.name}, **_shown(found)}
    return Answer(body=msgspec.json.encode(shown))


def _shown(found: Membership) -> dict[str, object]:
    return {
        "workspace": {
            "id": found.workspace_id,
            "name": found.name,
            "country": found.country,
            "time_zone": found.time_zone,
            "locale": found.locale,
            "currency": found.currency,
        },
        "role": found.role,
    }


@get("/internal/members", opt=crm(callers=["gateway", "contacts", "events"]), include_in_schema=False)
async def list_members(state: State, workspace_id: UUID) -> Answer:
    """Everybody in the workspace; an unknown one has nobody."""
    async with state.db.transaction(workspace_id) as tx:
        rows = await members.listed(tx, workspace_id)
    items = [{name: row[name] for name in ("user_id", "name", "email", "role")} for row in rows]
    return Answer(body=msgspec.json.encode({"items": items}))


@post("/internal/token-exchange", status_code=200, opt=crm(callers=["gateway"]), include_in_schema=False)
async def token_exchange(data: TokenShown, state: State) -> Answer:
    """A short-lived JWT for an API token; 401 when it is unknown, revoked or past its end."""
    exchanged = await exchange(state, data.token)
    if exchanged is None:
        raise InvalidToken("unknown API token")
    return Answer(body=msgspec.json.encode(exchanged), headers={"Cache-Control": "no-store"})


ROUTES = [membership, list_members, token_exchange]
