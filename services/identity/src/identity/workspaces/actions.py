"""Changing a workspace's settings."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import crm_facts
from crm_auth import Role
from crm_service import FieldError, Invalid, NotFound, RoleTooLow
from identity.actor import Actor
from identity.db import Tx
from identity.members import store as members
from identity.workspaces import store
from identity.workspaces.rules import faults, normalised
from identity.workspaces.store import FIELDS, Workspace


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """The values in the form in which they are kept; raises Invalid with every fault."""
    values = normalised(given)
    if found := faults(values):
        raise Invalid(errors=[FieldError(*fault) for fault in found])
    return values


async def role_in(tx: Tx, workspace_id: UUID, user_id: UUID) -> Role:
    """Enters the workspace. Raises NotFound for a foreign and for an unknown one alike."""
    await store.enter(tx, workspace_id)
    member = await members.find(tx, workspace_id, user_id)
    if member is None:
        raise NotFound
    return Role(member.role)


async def change(
    tx: Tx, actor: Actor, role: Role, current: Workspace, patch: dict[str, Any]
) -> tuple[Workspace, UUID | None]:
    """(workspace, operation); the operation is None when nothing differs. Admins and owners only."""
    if not role.at_least(Role.ADMIN):
        raise RoleTooLow
    before = {name: value for name, value in asdict(current).items() if name in FIELDS}
    after = before | checked(patch)
    differing = [name for name in FIELDS if before[name] != after[name]]
    if not differing:
        return current, None
    saved = await store.save(tx, current.workspace_id, after)
    operation_id = await crm_facts.begin(tx, actor, kind="edit", summary=f"Changed the workspace {saved.name}")
    change = crm_facts.Change(
        "workspace",
        saved.workspace_id,
        saved.version,
        "changed",
        {name: before[name] for name in differing},
        {name: after[name] for name in differing},
    )
    await crm_facts.append(tx, saved.workspace_id, operation_id, [change])
    return saved, operation_id
