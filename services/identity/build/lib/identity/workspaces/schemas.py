"""What the API takes and gives for workspaces."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType


class NewWorkspace(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    country: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    currency: str | None = None


class WorkspacePatch(msgspec.Struct, forbid_unknown_fields=True):
    """RFC 7396: null goes back to the default, absent leaves it."""

    name: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    time_zone: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET
    currency: str | UnsetType | None = UNSET


class WorkspaceShown(msgspec.Struct):
    """`role` is the caller's."""

    id: UUID
    version: int
    name: str
    country: str | None
    time_zone: str
    locale: str
    currency: str | None
    role: str
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class Workspaces(msgspec.Struct):
    items: list[WorkspaceShown]
    next_cursor: str | None
