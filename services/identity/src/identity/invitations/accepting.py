"""Accepting an invitation: its token alone decides, whatever address the person signed up with."""

from dataclasses import replace
from uuid import UUID

import crm_facts
from crm_service.errors import Refused
from identity.actor import Actor
from identity.db import Tx
from identity.invitations import store
from identity.members import store as members
from identity.vault import fingerprint


class InvitationGone(Refused):
    status, code = 404, "invitation_gone"
    detail = "This invitation is unknown, was used or taken back, or has run out. Ask for a new one."


async def accept(tx: Tx, actor: Actor, token: str) -> tuple[UUID, UUID | None]:
    """(workspace, operation); the operation is None for somebody who was a member already. Raises InvitationGone."""
    done = await _accept(tx, actor, fingerprint(token))
    if done is None:
        raise InvitationGone
    return done


async def accept_pending(tx: Tx, actor: Actor) -> bool:
    """The invitation that let this person sign up, if it is still open."""
    token_hash = await tx.fetchval("select invitation_hash from account where id = $1", actor.user_id)
    return token_hash is not None and await _accept(tx, actor, token_hash) is not None


async def _accept(tx: Tx, actor: Actor, token_hash: bytes) -> tuple[UUID, UUID | None] | None:
    shown = await store.by_token(tx, token_hash)
    if shown is None:
        return None
    await tx.execute("select enter($1)", shown.workspace_id)
    invitation = await store.lock_open(tx, shown.workspace_id, shown.id)
    if await members.lock(tx, shown.workspace_id, actor.user_id) is not None:
        # They are in: by this very invitation, which signing up may have used, or it stays open for whom it was meant.
        used_by = await store.used_by(tx, shown.workspace_id, shown.id)
        return (shown.workspace_id, None) if invitation is not None or used_by == actor.user_id else None
    if invitation is None:
        return None
    member = await members.insert(
        tx, shown.workspace_id, actor.user_id, invitation.role, created_by=invitation.created_by
    )
    used = await store.accepted(tx, invitation, actor.user_id)
    here = replace(actor, workspace_id=shown.workspace_id)
    operation_id = await crm_facts.begin(tx, here, kind="join", summary=f"{actor.actor_name} accepted an invitation")
    after = {"accepted_at": used.accepted_at, "accepted_by": str(actor.user_id)}
    change = crm_facts.Change("invitation", used.id, used.version, "accepted", dict.fromkeys(after), after)
    await crm_facts.append(tx, shown.workspace_id, operation_id, [members.added(member), change])
    return shown.workspace_id, operation_id
