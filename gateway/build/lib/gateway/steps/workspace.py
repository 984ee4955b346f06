"""Resolves the workspace that is asked for, and the caller's role in it."""

import re

from gateway import problems
from gateway.exchange import Exchange
from gateway.members import Members

UUID = re.compile(rb"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Workspace:
    def __init__(self, members: Members) -> None:
        self._members = members

    async def __call__(self, x: Exchange) -> bool:
        route, claims = x.matched, x.claims
        if not route.workspace or claims is None:
            return False
        workspace_id = _asked_for(x)
        member = self._members.remembered(claims, workspace_id)
        if member is None:
            member = await self._members.resolve(claims, x.token, workspace_id)
        x.member = member
        if not member.role.at_least(route.role):
            raise problems.role_too_low(route.role.value)
        return False


def _asked_for(x: Exchange) -> str:
    """The id that the caller named, "" for their first. An API token is of one workspace, and reaches no other."""
    header = x.headers.get(b"x-workspace-id")
    named = "" if header is None else header.decode("latin-1").lower()
    if header is not None and not UUID.fullmatch(header):
        raise problems.not_found()
    if x.exchanged is None:
        return named
    if named not in ("", x.exchanged.workspace_id):
        raise problems.not_found()
    return x.exchanged.workspace_id
