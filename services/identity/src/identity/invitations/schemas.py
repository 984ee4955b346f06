"""What the API takes and gives for invitations."""

from datetime import datetime
from uuid import UUID

import msgspec

from crm_auth import Role


class NewInvitation(msgspec.Struct, forbid_unknown_fields=True):
    email: str
    role: Role = Role.MEMBER


class InvitationShown(msgspec.Struct):
    """`link`: whoever opens it can join, so it is shown to admins only."""

    id: UUID
    version: int
    email: str
    role: str
    link: str
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class Invitations(msgspec.Struct):
    items: list[InvitationShown]
    next_cursor: str | None


class TokenShown(msgspec.Struct, forbid_unknown_fields=True):
    token: str


class Accepted(msgspec.Struct):
    workspace_id: UUID


class Preview(msgspec.Struct):
    """What the holder of a link sees before they are anybody here."""

    workspace_name: str
    invited_by: str
    email: str
    role: str
    expires_at: datetime
