"""Is somebody a member of the workspace? identity knows; asked only where it matters: when an owner is set."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from contacts.state import State
from crm_auth import Caller
from crm_resource import Invalid, Json, Problem
from crm_service import UpstreamBroken


class _Member(msgspec.Struct, frozen=True):
    user_id: UUID


class _Members(msgspec.Struct, frozen=True):
    items: list[_Member]


async def check_owner(
    state: State, caller: Caller, before: Mapping[str, Json] | None, after: Mapping[str, Json], prefix: str = ""
) -> None:
    """Raises Invalid for a new `owner_id` who is no member; UpstreamDown when identity can't be asked.

    An owner who stays, or who is the caller, is not asked about: so most changes need no other service.
    """
    owner = after.get("owner_id")
    if owner is None or owner == str(caller.user_id) or (before is not None and before.get("owner_id") == owner):
        return
    if UUID(owner) not in await member_ids(state, caller.workspace_id):
        raise Invalid([Problem(f"{prefix}/owner_id", "unknown_member", "There is no such member in this workspace.")])


async def member_ids(state: State, workspace_id: UUID) -> set[UUID]:
    reply = await state.identity.get("/internal/members", params={"workspace_id": str(workspace_id)})
    if reply.status != 200:
        raise UpstreamBroken
    return {member.user_id for member in reply.json(_Members).items}
