"""The person behind a request, and the narrower types that say in a signature who may call.

A function that takes a `Writer` cannot be called with a `Reader`: the type checker sees it, and crm_service builds the
type that the handler names, or refuses with 403 `role_too_low`.
"""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote
from uuid import UUID

from crm_auth.roles import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """A user in one workspace.

    `scopes` is None for a signed-in person (everything their role allows) and a set for an API token.
    `ip` is the client's address as the gateway saw it; `token` is the user's own JWT, passed on when we call others.
    """

    role_needed: ClassVar[Role] = Role.VIEWER
    scope_needed: ClassVar[str] = "read"

    user_id: UUID
    workspace_id: UUID
    role: Role
    actor_name: str
    session_id: UUID | None
    token: str
    request_id: str
    traceparent: str
    ip: str
    country: str | None
    time_zone: str
    currency: str | None
    scopes: frozenset[str] | None

    def headers(self) -> dict[str, str]:
        """What another of our services needs to see the same caller. The internal key is the client's to add."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "X-Internal-Workspace": str(self.workspace_id),
            "X-Internal-Role": self.role.value,
            "X-Internal-User": str(self.user_id),
            "X-Internal-Actor": quote(self.actor_name, safe=""),
            "X-Internal-Client": self.ip,
            "X-Internal-Time-Zone": self.time_zone,
            "X-Request-Id": self.request_id,
            "traceparent": self.traceparent,
        }
        if self.country:
            headers["X-Internal-Country"] = self.country
        if self.currency:
            headers["X-Internal-Currency"] = self.currency
        if self.scopes is not None:
            headers["X-Internal-Scopes"] = " ".join(sorted(self.scopes))
        return headers


class Reader(Caller):
    """May look. Every member of the workspace."""

    __slots__ = ()


class Writer(Reader):
    """May change records: member and above."""

    __slots__ = ()
    role_needed: ClassVar[Role] = Role.MEMBER
    scope_needed: ClassVar[str] = "write"


class Admin(Writer):
    """May change how the workspace works, and purge: admin and above."""

    __slots__ = ()
    role_needed: ClassVar[Role] = Role.ADMIN
    scope_needed: ClassVar[str] = "admin"


class Owner(Admin):
    """May give the workspace away or delete it."""

    __slots__ = ()
    role_needed: ClassVar[Role] = Role.OWNER


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in person outside any workspace: `GET /me`, accepting an invitation.

    `email` and `name` are the token's claims: good for greeting, never for looking a person up: an address
    changes, and may be unconfirmed.
    """

    user_id: UUID
    session_id: UUID | None
    email: str
    name: str
    token: str
    request_id: str
    traceparent: str
    ip: str
    scopes: frozenset[str] | None
