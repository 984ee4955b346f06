"""Workspaces over HTTP. The path names the workspace, so X-Workspace-Id is not asked for."""

from uuid import UUID

import msgspec
from litestar import get, patch, post
from msgspec import UNSET

from crm_auth import Role, User
from crm_service import Answer, NotFound, crm, etag_of, json_answer
from identity.actor import Actor
from identity.api import AnyRequest, answered_once, check_version, encoded, page, refuse_programs, tag
from identity.db import Tx
from identity.state import State
from identity.whoever import believed
from identity.workspaces import actions, store
from identity.workspaces.first import create, ensure_membership
from identity.workspaces.rules import DEFAULTS
from identity.workspaces.schemas import NewWorkspace, WorkspacePatch, Workspaces, WorkspaceShown
from identity.workspaces.store import Workspace


@get("/api/v1/workspaces", opt=crm(answer=Workspaces))
async def list_workspaces(
    request: AnyRequest, user: User, state: State, limit: int = 50, cursor: str | None = None
) -> Answer:
    """The workspaces that I am a member of."""
    async with state.db.transaction(None) as tx:
        person = await believed(tx, user, state)
        await ensure_membership(tx, Actor.of(user, user.user_id, person.name), person.email, None)
        found = []
        for membership in await store.memberships_of(tx, user.user_id):
            await store.enter(tx, membership.workspace_id)
            workspace = await store.find(tx, membership.workspace_id)
            if workspace is not None:
                found.append(_shown(workspace, Role(membership.role)))
    found.sort(key=_by_id)
    body = encoded(page(state, found, _by_id, f"workspaces {user.user_id}", limit=limit, after=cursor))
    return json_answer(request, body, etag=etag_of(body))


@post("/api/v1/workspaces", opt=crm(answer=WorkspaceShown))
async def create_workspace(request: AnyRequest, user: User, state: State, data: NewWorkspace) -> Answer:
    """A new workspace, of which I am the owner."""
    refuse_programs(user)
    values = {**DEFAULTS, **actions.checked(msgspec.to_builtins(data))}

    async def act(tx: Tx) -> Answer:
        person = await believed(tx, user, state)

        async def make() -> Answer:
            await store.save_profile(tx, user.user_id, person.email, person.name)
            workspace, operation_id = await create(tx, Actor.of(user, user.user_id, person.name), values)
            return _answer(request, workspace, Role.OWNER, status=201, operation_id=operation_id)

        return await answered_once(tx, request, user, make)

    answer: Answer = await state.db.retrying(None, act)
    return answer


@get("/api/v1/workspaces/{workspace_id:uuid}", opt=crm(answer=WorkspaceShown))
async def get_workspace(request: AnyRequest, user: User, state: State, workspace_id: UUID) -> Answer:
    """One of my workspaces."""
    async with state.db.transaction(None) as tx:
        await believed(tx, user, state)
        role = await actions.role_in(tx, workspace_id, user.user_id)
        workspace = await store.find(tx, workspace_id)
    if workspace is None:
        raise NotFound
    return _answer(request, workspace, role)


@patch("/api/v1/workspaces/{workspace_id:uuid}", opt=crm(answer=WorkspaceShown, problems=[412]))
async def change_workspace(
    request: AnyRequest, user: User, state: State, workspace_id: UUID, data: WorkspacePatch
) -> Answer:
    """Changes name, country, time zone, language or currency. For admins and owners."""
    refuse_programs(user)
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
    async with state.db.transaction(None) as tx:
        person = await believed(tx, user, state)
        role = await actions.role_in(tx, workspace_id, user.user_id)
        current = await store.lock(tx, workspace_id)
        if current is None:
            raise NotFound
        check_version(request, current.version)
        saved, operation_id = await actions.change(tx, Actor.of(user, workspace_id, person.name), role, current, given)
    return _answer(request, saved, role, operation_id=operation_id)


def _shown(workspace: Workspace, role: Role) -> WorkspaceShown:
    return msgspec.convert({**workspace.shown(), "role": role.value}, WorkspaceShown)


def _by_id(shown: WorkspaceShown) -> tuple[str, ...]:
    return (str(shown.id),)


def _answer(
    request: AnyRequest, workspace: Workspace, role: Role, *, status: int = 200, operation_id: UUID | None = None
) -> Answer:
    headers = {"Location": f"/api/v1/workspaces/{workspace.workspace_id}"} if status == 201 else {}
    return json_answer(
        request,
        encoded(_shown(workspace, role)),
        etag=tag(workspace.version),
        status=status,
        headers=headers,
        operation_id=operation_id,
    )


ROUTES = [list_workspaces, create_workspace, get_workspace, change_workspace]
