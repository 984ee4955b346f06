"""What the API gives about the person who is signed in."""

from datetime import datetime
from uuid import UUID

import msgspec


class MeUser(msgspec.Struct):
    id: UUID
    email: str
    name: str


class MeWorkspace(msgspec.Struct):
    id: UUID
    name: str
    role: str


class Me(msgspec.Struct):
    user: MeUser
    workspaces: list[MeWorkspace]


class Device(msgspec.Struct):
    """A session of the account. `is_current`: the one that asks."""

    id: UUID
    ip: str
    user_agent: str
    created_at: datetime
    last_used_at: datetime
    is_current: bool


class Devices(msgspec.Struct):
    items: list[Device]
    next_cursor: str | None
