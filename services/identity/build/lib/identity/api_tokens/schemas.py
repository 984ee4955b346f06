"""What the API takes and gives for API tokens."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

NAME_MAX_CHARS = 200
Scope = Literal["read", "write", "admin"]


class NewApiToken(msgspec.Struct, forbid_unknown_fields=True):
    """A wider scope holds the narrower ones; none exceeds its owner's role. Without an end it lasts until revoked."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX_CHARS)]
    scopes: Annotated[list[Scope], msgspec.Meta(min_length=1, max_length=3)]
    expires_at: datetime | None = None


class ApiTokenShown(msgspec.Struct):
    """`hint`: the token's last four characters, for telling them apart."""

    id: UUID
    version: int
    name: str
    hint: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime
    created_by: UUID


class ApiTokenMade(ApiTokenShown):
    """`token` is shown this once."""

    token: str


class ApiTokens(msgspec.Struct):
    items: list[ApiTokenShown]
    next_cursor: str | None
