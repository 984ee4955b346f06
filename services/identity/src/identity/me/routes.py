"""GET /me, and the account's sessions. They belong to whoever asks, in whatever workspace."""

from uuid import UUID

from litestar import delete, get

from crm_auth import User
from crm_service import Answer, NotFound, crm, etag_of, json_answer, no_content
from identity import audit, sessions
from identity.actor import Actor
from identity.api import AnyRequest, encoded, page, refuse_programs
from identity.db import Tx
from identity.me.schemas import Device, Devices, Me, MeUser, MeWorkspace
from identity.sessions import store
from identity.state import State
from identity.whoever import Person, believed
from identity.workspaces.first import ensure_membership
from identity.workspaces.store import Membership, memberships_of


@get("/api/v1/me", opt=crm(answer=Me))
async def get_me(request: AnyRequest, user: User, state: State) -> Answer:
    """Who I am, and the workspaces that I am a member of. The first call of a new person makes a workspace."""

    async def act(tx: Tx) -> tuple[Person, list[Membership]]:
        person = await believed(tx, user, state)
        await ensure_membership(tx, Actor.of(user, user.user_id, person.name), person.email, None)
        return person, await memberships_of(tx, user.user_id)

    person, memberships = await state.db.retrying(None, act)
    body = encoded(
        Me(
            MeUser(user.user_id, person.email, person.name),
            [MeWorkspace(membership.workspace_id, membership.name, membership.role) for membership in memberships],
        )
    )
    return json_answer(request, body, etag=etag_of(body))


@get("/api/v1/me/sessions", opt=crm(answer=Devices))
async def list_sessions(
    request: AnyRequest, user: User, state: State, limit: int = 50, cursor: str | None = None
) -> Answer:
    """My devices: where I am signed in, most recently used first. With hosted sign-in there are none here."""
    async with state.db.transaction(None) as tx:
        await believed(tx, user, state)
        found = await store.of_account(tx, user.user_id)
    devices = [
        Device(item.id, item.ip, item.user_agent, item.created_at, item.refreshed_at, item.id == user.session_id)
        for item in found
    ]
    shown = page(state, devices, _recent_first, f"sessions {user.user_id}", limit=limit, after=cursor)
    body = encoded(shown)
    return json_answer(request, body, etag=etag_of(body))


@delete("/api/v1/me/sessions/{session_id:uuid}", opt=crm())
async def end_session(user: User, state: State, session_id: UUID) -> Answer:
    """Signs one of my devices out. Its access tokens end within seconds, its refresh token at once."""
    refuse_programs(user)
    async with state.db.transaction(None) as tx:
        await believed(tx, user, state)
        session = await store.find(tx, session_id)
        if session is None or session.account_id != user.user_id:
            raise NotFound
        await sessions.end(tx, user.user_id, session_id, token_ttl_s=state.token_ttl_s)
        await audit.note(
            tx, "session.signed_out", account_id=user.user_id, session_id=session_id, scope="device", ip=user.ip
        )
    return no_content()


def _recent_first(device: Device) -> tuple[str, ...]:
    """Sorts as the store does: last used first. Times become digits that grow as the time shrinks."""
    return (format(10**13 - int(device.last_used_at.timestamp() * 1000), "014d"), str(device.id))


ROUTES = [get_me, list_sessions, end_session]
