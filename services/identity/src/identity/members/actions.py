"""Changes of membership, each with its fact, so that the gateway knows within seconds."""

from uuid import UUID

import crm_facts
from crm_auth import Caller, Role
from crm_service import NotFound, Refused, RoleTooLow
from identity import facts
from identity.api_tokens import store as api_tokens
from identity.db import Tx
from identity.members import store
from identity.members.rules import leaves_no_owner, may_give, may_touch
from identity.members.store import Member


class LastOwner(Refused):
    status, code = 409, "last_owner"
    detail = "A workspace needs an owner. Make somebody else an owner first."


async def locked(tx: Tx, workspace_id: UUID, user_id: UUID) -> tuple[Member, list[UUID]]:
    """The member and all owners, in one order for everybody. Raises NotFound."""
    owners = await store.lock_owners(tx, workspace_id)
    member = await store.lock(tx, workspace_id, user_id)
    if member is None:
        raise NotFound
    return member, owners


async def change_role(tx: Tx, caller: Caller, member: Member, owners: list[UUID], role: Role) -> UUID | None:
    """The operation, or None when the role stays. Raises RoleTooLow, LastOwner."""
    before = Role(member.role)
    if not may_touch(caller.role, before) or not may_give(caller.role, role):
        raise RoleTooLow
    if role is before:
        return None
    if before is Role.OWNER and leaves_no_owner(owners, member.user_id):
        raise LastOwner
    saved = await store.set_role(tx, caller.workspace_id, member.user_id, role.value)
    operation_id = await crm_facts.begin(tx, caller, kind="edit", summary=f"Changed a role from {before} to {role}")
    change = crm_facts.Change(
        "member", saved.user_id, saved.version, "changed", {"role": before.value}, {"role": role.value}
    )
    await crm_facts.append(tx, caller.workspace_id, operation_id, [change])
    return operation_id


async def remove(tx: Tx, caller: Caller, member: Member, owners: list[UUID]) -> UUID:
    """Takes the member out, or lets them leave; their API tokens for this workspace end with it."""
    is_own = member.user_id == caller.user_id
    if not is_own and not may_touch(caller.role, Role(member.role)):
        raise RoleTooLow
    if leaves_no_owner(owners, member.user_id):
        raise LastOwner
    removed = await store.remove(tx, caller.workspace_id, member.user_id)
    words = f"{caller.actor_name} left" if is_own else "Removed a member"
    operation_id = await crm_facts.begin(tx, caller, kind="leave" if is_own else "remove", summary=words)
    before = {"user_id": str(member.user_id), "role": member.role}
    await crm_facts.append(
        tx,
        caller.workspace_id,
        operation_id,
        [crm_facts.Change("member", member.user_id, removed.version, "removed", before, dict.fromkeys(before))],
    )
    for token in await api_tokens.revoke_of_user(tx, caller.workspace_id, member.user_id):
        await facts.sessions_ended(tx, member.user_id, [token.id], facts.API_JWT_TTL_S)
    return operation_id
