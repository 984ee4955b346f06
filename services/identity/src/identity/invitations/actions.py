"""Inviting, and taking an invitation back."""

from uuid import UUID

import crm_facts
from crm_auth import Caller, Role
from crm_service import FieldError, Invalid, NotFound, RoleTooLow
from identity.db import Tx
from identity.invitations import store
from identity.invitations.secrets import link_of, token_of
from identity.invitations.store import Invitation
from identity.members.rules import may_give
from identity.state import State
from identity.users import BadAddress, email_address
from identity.vault import fingerprint
from identity.workspaces import store as workspaces


async def invite(tx: Tx, state: State, caller: Caller, email: str, role: Role) -> tuple[Invitation, UUID]:
    """(invitation, operation), with a mail on its way. Raises Invalid, RoleTooLow."""
    if not may_give(caller.role, role):
        raise RoleTooLow("You cannot give a higher role than your own.")
    try:
        address = email_address(email)
    except BadAddress as error:
        raise Invalid(errors=[FieldError("/email", "invalid_email", "This is no e-mail address.")]) from error
    invitation_id = await workspaces.new_id(tx)
    token = token_of(state.vault, invitation_id)
    invitation = await store.insert(
        tx, caller.workspace_id, invitation_id, address, role.value, fingerprint(token), caller.user_id
    )
    await _mail(tx, state, caller, invitation, token)
    operation_id = await crm_facts.begin(tx, caller, kind="invite", summary=f"Invited {address}")
    after = {"email": address, "role": role.value, "expires_at": invitation.expires_at}
    await crm_facts.append(
        tx, caller.workspace_id, operation_id, [crm_facts.Change("invitation", invitation_id, 1, "created", {}, after)]
    )
    return invitation, operation_id


async def _mail(tx: Tx, state: State, caller: Caller, invitation: Invitation, token: str) -> None:
    workspace = await workspaces.find(tx, caller.workspace_id)
    letter = state.letters.invitation(
        invitation.email,
        link=link_of(state.settings.site_url, token),
        workspace=workspace.name if workspace else "",
        invited_by=caller.actor_name,
    )
    await state.mails.add(tx, letter)


async def take_back(tx: Tx, caller: Caller, invitation_id: UUID) -> UUID:
    """Raises NotFound for one that is unknown, used, taken back or past its end."""
    invitation = await store.lock_open(tx, caller.workspace_id, invitation_id)
    if invitation is None:
        raise NotFound
    revoked = await store.revoked(tx, invitation)
    operation_id = await crm_facts.begin(
        tx, caller, kind="edit", summary=f"Took back the invitation of {invitation.email}"
    )
    change = crm_facts.Change(
        "invitation", revoked.id, revoked.version, "revoked", {"revoked_at": None}, {"revoked_at": revoked.revoked_at}
    )
    await crm_facts.append(tx, caller.workspace_id, operation_id, [change])
    return operation_id
