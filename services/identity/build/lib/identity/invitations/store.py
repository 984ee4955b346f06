"""All SQL on invitations. The token itself is kept nowhere."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from identity.db import Tx, returned

VALID_DAYS = 7


@dataclass(frozen=True)
class Invitation:
    workspace_id: UUID
    id: UUID
    email: str
    role: str
    token_hash: bytes
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UUID | None
    revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Invitation":
        return cls(**row)


@dataclass(frozen=True)
class Shown:
    """What the holder of a token may see before they are anybody here."""

    workspace_id: UUID
    id: UUID
    email: str
    role: str
    expires_at: datetime
    is_open: bool
    workspace_name: str
    invited_by: str


async def by_token(tx: Tx, token_hash: bytes) -> Shown | None:
    row = await tx.fetchrow("select * from invitation_by_token($1)", token_hash)
    return None if row is None else Shown(**row)


async def insert(
    tx: Tx, workspace_id: UUID, invitation_id: UUID, email: str, role: str, token_hash: bytes, created_by: UUID
) -> Invitation:
    row = await tx.fetchrow(
        """insert into invitation (workspace_id, id, email, role, token_hash, expires_at, created_by)
           values ($1, $2, $3, $4, $5, now() + $6 * interval '1 day', $7) returning *""",
        workspace_id,
        invitation_id,
        email,
        role,
        token_hash,
        VALID_DAYS,
        created_by,
    )
    return Invitation.from_row(returned(row))


async def lock_open(tx: Tx, workspace_id: UUID, invitation_id: UUID) -> Invitation | None:
    row = await tx.fetchrow(
        """select * from invitation where workspace_id = $1 and id = $2
           and accepted_at is null and revoked_at is null and expires_at > now() for update""",
        workspace_id,
        invitation_id,
    )
    return None if row is None else Invitation.from_row(row)


async def find(tx: Tx, workspace_id: UUID, invitation_id: UUID) -> Invitation | None:
    row = await tx.fetchrow("select * from invitation where workspace_id = $1 and id = $2", workspace_id, invitation_id)
    return None if row is None else Invitation.from_row(row)


async def used_by(tx: Tx, workspace_id: UUID, invitation_id: UUID) -> UUID | None:
    user_id: UUID | None = await tx.fetchval(
        "select accepted_by from invitation where workspace_id = $1 and id = $2", workspace_id, invitation_id
    )
    return user_id


async def accepted(tx: Tx, invitation: Invitation, user_id: UUID) -> Invitation:
    row = await tx.fetchrow(
        """update invitation set accepted_at = now(), accepted_by = $3, version = version + 1, updated_at = now()
           where workspace_id = $1 and id = $2 returning *""",
        invitation.workspace_id,
        invitation.id,
        user_id,
    )
    return Invitation.from_row(returned(row))


async def revoked(tx: Tx, invitation: Invitation) -> Invitation:
    row = await tx.fetchrow(
        """update invitation set revoked_at = now(), version = version + 1, updated_at = now()
           where workspace_id = $1 and id = $2 returning *""",
        invitation.workspace_id,
        invitation.id,
    )
    return Invitation.from_row(returned(row))


async def listed(tx: Tx, workspace_id: UUID) -> list[Invitation]:
    # listed: those that can still be accepted, newest first
    rows = await tx.fetch(
        """select * from invitation where workspace_id = $1
           and accepted_at is null and revoked_at is null and expires_at > now() order by id desc""",
        workspace_id,
    )
    return [Invitation.from_row(row) for row in rows]
