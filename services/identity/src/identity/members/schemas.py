"""What the API takes and gives for members."""

from datetime import datetime
from uuid import UUID

import msgspec

from crm_auth import Role


class MemberPatch(msgspec.Struct, forbid_unknown_fields=True):
    role: Role


class MemberShown(msgspec.Struct):
    """`id` and `user_id` are the same: a person is in a workspace once."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    role: str
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class Members(msgspec.Struct):
    items: list[MemberShown]
    next_cursor: str | None
