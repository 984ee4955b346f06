"""All SQL on API tokens. The token itself is kept nowhere; 256 random bits need no salt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from identity.db import Tx, returned


@dataclass(frozen=True)
class ApiToken:
    workspace_id: UUID
    id: UUID
    user_id: UUID
    name: str
    hint: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "ApiToken":
        return cls(**{name: value for name, value in row.items() if name != "token_hash"})

    def shown(self) -> dict[str, Any]:
        members = ("id", "version", "name", "hint", "scopes", "expires_at", "last_used_at", "created_at", "updated_at")
        return {**{name: getattr(self, name) for name in members}, "created_by": self.user_id}


@dataclass(frozen=True)
class Usable:
    """A live token of somebody who is still a member, with their role of now."""

    workspace_id: UUID
    id: UUID
    user_id: UUID
    scopes: list[str]
    expires_at: datetime | None
    role: str


async def by_hash(tx: Tx, token_hash: bytes) -> Usable | None:
    row = await tx.fetchrow("select * from api_token_by_hash($1)", token_hash)
    return None if row is None else Usable(**row)


async def lives(tx: Tx, token_id: UUID, user_id: UUID) -> bool:
    """Whether the session of a JWT is an API token that still works."""
    return bool(await tx.fetchval("select api_token_lives($1, $2)", token_id, user_id))


async def used(tx: Tx, token: Usable) -> None:
    await tx.execute(
        "update api_token set last_used_at = now() where workspace_id = $1 and id = $2", token.workspace_id, token.id
    )


async def insert(
    tx: Tx,
    workspace_id: UUID,
    token_id: UUID,
    user_id: UUID,
    *,
    name: str,
    token_hash: bytes,
    hint: str,
    scopes: list[str],
    expires_at: datetime | None,
) -> ApiToken:
    row = await tx.fetchrow(
        """insert into api_token (workspace_id, id, user_id, name, token_hash, hint, scopes, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning *""",
        workspace_id,
        token_id,
        user_id,
        name,
        token_hash,
        hint,
        scopes,
        expires_at,
    )
    return ApiToken.from_row(returned(row))


async def of_user(tx: Tx, workspace_id: UUID, user_id: UUID) -> list[ApiToken]:
    rows = await tx.fetch(
        "select * from api_token where workspace_id = $1 and user_id = $2 and revoked_at is null order by id desc",
        workspace_id,
        user_id,
    )
    return [ApiToken.from_row(row) for row in rows]


async def lock(tx: Tx, workspace_id: UUID, user_id: UUID, token_id: UUID) -> ApiToken | None:
    row = await tx.fetchrow(
        """select * from api_token where workspace_id = $1 and user_id = $2 and id = $3 and revoked_at is null
           for update""",
        workspace_id,
        user_id,
        token_id,
    )
    return None if row is None else ApiToken.from_row(row)


async def revoke(tx: Tx, token: ApiToken) -> ApiToken:
    row = await tx.fetchrow(
        """update api_token set revoked_at = now(), version = version + 1, updated_at = now()
           where workspace_id = $1 and id = $2 returning *""",
        token.workspace_id,
        token.id,
    )
    return ApiToken.from_row(returned(row))


async def revoke_of_user(tx: Tx, workspace_id: UUID, user_id: UUID) -> list[ApiToken]:
    """All of somebody who left the workspace."""
    rows = await tx.fetch(
        """update api_token set revoked_at = now(), version = version + 1, updated_at = now()
           where workspace_id = $1 and user_id = $2 and revoked_at is null returning *""",
        workspace_id,
        user_id,
    )
    return [ApiToken.from_row(row) for row in rows]
