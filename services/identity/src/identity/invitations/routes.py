"""Invitations over HTTP."""

from uuid import UUID

import msgspec
from litestar import delete, get, post

from crm_auth import Admin, User
from crm_service import Answer, NotFound, crm, etag_of, json_answer, no_content
from identity.actor import Actor
from identity.api import AnyRequest, answered_once, encoded, newest_first, page, refuse_programs, tag
from identity.db import Tx
from identity.invitations import actions, store
from identity.invitations.accepting import InvitationGone, accept
from identity.invitations.schemas import Accepted, Invitations, InvitationShown, NewInvitation, Preview, TokenShown
from identity.invitations.secrets import link_of, token_of
from identity.invitations.store import Invitation
from identity.state import State
from identity.vault import fingerprint
from identity.whoever import believed
from identity.workspaces.store import save_profile


@get("/api/v1/invitations", opt=crm(answer=Invitations))
async def list_invitations(
    request: AnyRequest, admin: Admin, state: State, limit: int = 50, cursor: str | None = None
) -> Answer:
    """Those that can still be accepted, newest first."""
    refuse_programs(admin)
    async with state.db.transaction(admin.workspace_id) as tx:
        found = await store.listed(tx, admin.workspace_id)
    shown = [_shown(state, invitation) for invitation in found]
    scope = f"invitations {admin.workspace_id}"
    body = encoded(page(state, shown, lambda item: newest_first(item.id), scope, limit=limit, after=cursor))
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/invitations", opt=crm(answer=InvitationShown))
async def invite(request: AnyRequest, admin: Admin, state: State, data: NewInvitation) -> Answer:
    """Mails a link that lets its holder join in the given role, once, for seven days."""
    refuse_programs(admin)
    async with state.db.transaction(admin.workspace_id) as tx:

        async def act() -> Answer:
            invitation, operation_id = await actions.invite(tx, state, admin, data.email, data.role)
            headers = {"Location": f"/api/v1/invitations/{invitation.id}"}
            # kept for a repeat, so without the link, which is made anew each time
            body = encoded(_shown(state, invitation, with_link=False))
            return json_answer(
                request, body, etag=tag(invitation.version), status=201, headers=headers, operation_id=operation_id
            )

        kept = await answered_once(tx, request, admin, act)
    shown = msgspec.json.decode(kept.body, type=InvitationShown)
    shown.link = _link(state, shown.id)
    return Answer(kept.status, encoded(shown), kept.headers)


@get("/api/v1/invitations/{invitation_id:uuid}", opt=crm(answer=InvitationShown))
async def get_invitation(request: AnyRequest, admin: Admin, state: State, invitation_id: UUID) -> Answer:
    """One invitation, with its link."""
    refuse_programs(admin)
    async with state.db.transaction(admin.workspace_id) as tx:
        invitation = await store.find(tx, admin.workspace_id, invitation_id)
    if invitation is None:
        raise NotFound
    return json_answer(request, encoded(_shown(state, invitation)), etag=tag(invitation.version))


@delete("/api/v1/invitations/{invitation_id:uuid}", status_code=204, opt=crm())
async def take_back(admin: Admin, state: State, invitation_id: UUID) -> Answer:
    """Takes an invitation back: its link opens nothing any more."""
    refuse_programs(admin)
    async with state.db.transaction(admin.workspace_id) as tx:
        operation_id = await actions.take_back(tx, admin, invitation_id)
    return no_content(operation_id=operation_id)


@post("/api/v1/invitations/accept", status_code=200, opt=crm(answer=Accepted))
async def accept_invitation(request: AnyRequest, user: User, state: State, data: TokenShown) -> Answer:
    """Joins the workspace. The token alone decides, whatever address I signed up with."""
    refuse_programs(user)

    async def act(tx: Tx) -> tuple[UUID, UUID | None]:
        person = await believed(tx, user, state)
        await save_profile(tx, user.user_id, person.email, person.name)
        return await accept(tx, Actor.of(user, user.user_id, person.name), data.token)

    workspace_id, operation_id = await state.db.retrying(None, act)
    return json_answer(request, encoded(Accepted(workspace_id)), operation_id=operation_id)


@post("/api/v1/invitations/preview", status_code=200, opt=crm(public=True, answer=Preview))
async def preview(request: AnyRequest, state: State, data: TokenShown) -> Answer:
    """What an invitation is for, to show before signing up. A POST, so that the token stands in no address."""
    async with state.db.transaction(None) as tx:
        found = await store.by_token(tx, fingerprint(data.token))
    if found is None or not found.is_open:
        raise InvitationGone
    shown = Preview(found.workspace_name, found.invited_by, found.email, found.role, found.expires_at)
    return json_answer(request, encoded(shown))


def _shown(state: State, invitation: Invitation, *, with_link: bool = True) -> InvitationShown:
    return InvitationShown(
        id=invitation.id,
        version=invitation.version,
        email=invitation.email,
        role=invitation.role,
        link=_link(state, invitation.id) if with_link else "",
        expires_at=invitation.expires_at,
        created_at=invitation.created_at,
        updated_at=invitation.updated_at,
        created_by=invitation.created_by,
    )


def _link(state: State, invitation_id: UUID) -> str:
    return link_of(state.settings.site_url, token_of(state.vault, invitation_id))


ROUTES = [list_invitations, invite, get_invitation, take_back, accept_invitation, preview]
