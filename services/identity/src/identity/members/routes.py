"""Members over HTTP."""

from uuid import UUID

import msgspec
from litestar import delete, get, patch

from crm_auth import Admin, Reader
from crm_service import Answer, NotFound, crm, etag_of, json_answer, no_content
from identity.api import AnyRequest, check_version, encoded, page, refuse_programs, tag
from identity.members import actions, store
from identity.members.schemas import MemberPatch, Members, MemberShown
from identity.state import State


@get("/api/v1/members", opt=crm(answer=Members))
async def list_members(
    request: AnyRequest, reader: Reader, state: State, limit: int = 50, cursor: str | None = None
) -> Answer:
    """Everybody in the workspace, by name."""
    async with state.db.transaction(reader.workspace_id) as tx:
        found = await store.listed(tx, reader.workspace_id)
    shown = sorted((msgspec.convert(row, MemberShown) for row in found), key=_by_name)
    body = encoded(page(state, shown, _by_name, f"members {reader.workspace_id}", limit=limit, after=cursor))
    return json_answer(request, body, etag=etag_of(body))


@get("/api/v1/members/{user_id:uuid}", opt=crm(answer=MemberShown))
async def get_member(request: AnyRequest, reader: Reader, state: State, user_id: UUID) -> Answer:
    """One member."""
    return _answer(request, await _found(state, reader.workspace_id, user_id))


@patch("/api/v1/members/{user_id:uuid}", opt=crm(answer=MemberShown, problems=[409, 412]))
async def change_member(request: AnyRequest, admin: Admin, state: State, user_id: UUID, data: MemberPatch) -> Answer:
    """Gives a member another role. Nobody can give more than they have, and a workspace keeps an owner."""
    refuse_programs(admin)
    async with state.db.transaction(admin.workspace_id) as tx:
        member, owners = await actions.locked(tx, admin.workspace_id, user_id)
        check_version(request, member.version)
        operation_id = await actions.change_role(tx, admin, member, owners, data.role)
    return _answer(request, await _found(state, admin.workspace_id, user_id), operation_id=operation_id)


@delete("/api/v1/members/{user_id:uuid}", status_code=204, opt=crm(problems=[409, 412]))
async def remove_member(request: AnyRequest, reader: Reader, state: State, user_id: UUID) -> Answer:
    """Takes a member out of the workspace (admins), or leaves it (oneself)."""
    refuse_programs(reader)
    async with state.db.transaction(reader.workspace_id) as tx:
        member, owners = await actions.locked(tx, reader.workspace_id, user_id)
        check_version(request, member.version)
        operation_id = await actions.remove(tx, reader, member, owners)
    return no_content(operation_id=operation_id)


async def _found(state: State, workspace_id: UUID, user_id: UUID) -> MemberShown:
    async with state.db.transaction(workspace_id) as tx:
        row = await store.shown(tx, workspace_id, user_id)
    if row is None:
        raise NotFound
    return msgspec.convert(row, MemberShown)


def _by_name(member: MemberShown) -> tuple[str, ...]:
    return (member.name.casefold(), str(member.id))


def _answer(request: AnyRequest, member: MemberShown, *, operation_id: UUID | None = None) -> Answer:
    return json_answer(request, encoded(member), etag=tag(member.version), operation_id=operation_id)


ROUTES = [list_members, get_member, change_member, remove_member]
