"""What the API takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

# Postgres keeps no NUL in a text.
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000, pattern=r"^[^\u0000]*$")]


class RecordName(msgspec.Struct, frozen=True):
    id: UUID
    version: int
    text: str
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class RecordNameList(msgspec.Struct, frozen=True):
    items: list[RecordName]
    next_cursor: str | None


class RecordNameInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Text


class RecordNamePatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    text: Text | msgspec.UnsetType = msgspec.UNSET
