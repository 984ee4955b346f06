"""A person's membership, making what is missing: the profile, and the first workspace."""

from uuid import UUID

import crm_facts
from identity.actor import Actor
from identity.db import Tx
from identity.invitations.accepting import accept_pending
from identity.members import store as members
from identity.workspaces import store
from identity.workspaces.rules import DEFAULTS
from identity.workspaces.store import Membership


async def ensure_membership(tx: Tx, actor: Actor, email: str, workspace_id: UUID | None) -> Membership | None:
    """The membership of the workspace, or of the user's first. None for a foreign and an unknown workspace alike."""
    if await store.profile_of(tx, actor.user_id) != (email, actor.actor_name):
        await store.save_profile(tx, actor.user_id, email, actor.actor_name)
    memberships = await store.memberships_of(tx, actor.user_id) or await _first(tx, actor, email)
    if workspace_id is None:
        return memberships[0]
    return next((membership for membership in memberships if membership.workspace_id == workspace_id), None)


async def _first(tx: Tx, actor: Actor, email: str) -> list[Membership]:
    """The team that invited the person to sign up, else a workspace of their own: one, however many requests come."""
    await store.save_profile(tx, actor.user_id, email, actor.actor_name)  # locks: the others wait, and then see it
    already = await store.memberships_of(tx, actor.user_id)
    if already:
        return already
    if not await accept_pending(tx, actor):
        await create(tx, actor, {"name": f"{actor.actor_name}'s workspace", **DEFAULTS})
    return await store.memberships_of(tx, actor.user_id)


async def create(tx: Tx, actor: Actor, values: dict[str, object]) -> tuple[store.Workspace, UUID]:
    """A workspace whose owner is the actor, and the operation that made both."""
    workspace_id = await store.new_id(tx)
    await store.enter(tx, workspace_id)
    workspace = await store.insert(tx, workspace_id, actor.user_id, values)
    owner = await members.insert(tx, workspace_id, actor.user_id, "owner", created_by=actor.user_id)
    here = Actor(workspace_id, actor.user_id, actor.actor_name, actor.ip, actor.request_id, actor.traceparent)
    operation_id = await crm_facts.begin(tx, here, kind="create", summary=f"Created the workspace {workspace.name}")
    made = {name: value for name, value in values.items() if value is not None}
    await crm_facts.append(
        tx,
        workspace_id,
        operation_id,
        [crm_facts.Change("workspace", workspace_id, 1, "created", {}, made), members.added(owner)],
    )
    return workspace, operation_id
