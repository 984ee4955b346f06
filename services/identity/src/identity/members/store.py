"""All SQL on members. A removed member's row stays, so that the versions of the record go on when they return."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

import crm_facts
from identity.db import Tx, returned


@dataclass(frozen=True)
class Member:
    workspace_id: UUID
    user_id: UUID
    role: str
    removed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Member":
        return cls(**row)


async def insert(tx: Tx, workspace_id: UUID, user_id: UUID, role: str, *, created_by: UUID) -> Member:
    """Somebody new, or back again. Who is a member already is the caller's business to find out first."""
    row = await tx.fetchrow(
        """insert into member as m (workspace_id, user_id, role, created_by) values ($1, $2, $3, $4)
           on conflict (workspace_id, user_id) do update set role = excluded.role, removed_at = null,
               created_by = excluded.created_by, created_at = now(), updated_at = now(), version = m.version + 1
           returning *""",
        workspace_id,
        user_id,
        role,
        created_by,
    )
    return Member.from_row(returned(row))


async def lock(tx: Tx, workspace_id: UUID, user_id: UUID) -> Member | None:
    row = await tx.fetchrow(
        "select * from member where workspace_id = $1 and user_id = $2 and removed_at is null for update",
        workspace_id,
        user_id,
    )
    return None if row is None else Member.from_row(row)


async def lock_owners(tx: Tx, workspace_id: UUID) -> list[UUID]:
    """All owners, locked in one order: two owners who leave at once must not leave nobody."""
    rows = await tx.fetch(
        """select user_id from member where workspace_id = $1 and role = 'owner' and removed_at is null
           order by user_id for update""",
        workspace_id,
    )
    return [row["user_id"] for row in rows]


async def set_role(tx: Tx, workspace_id: UUID, user_id: UUID, role: str) -> Member:
    row = await tx.fetchrow(
        """update member set role = $3, version = version + 1, updated_at = now()
           where workspace_id = $1 and user_id = $2 returning *""",
        workspace_id,
        user_id,
        role,
    )
    return Member.from_row(returned(row))


async def remove(tx: Tx, workspace_id: UUID, user_id: UUID) -> Member:
    row = await tx.fetchrow(
        """update member set removed_at = now(), version = version + 1, updated_at = now()
           where workspace_id = $1 and user_id = $2 returning *""",
        workspace_id,
        user_id,
    )
    return Member.from_row(returned(row))


async def find(tx: Tx, workspace_id: UUID, user_id: UUID) -> Member | None:
    row = await tx.fetchrow(
        "select * from member where workspace_id = $1 and user_id = $2 and removed_at is null", workspace_id, user_id
    )
    return None if row is None else Member.from_row(row)


async def listed(tx: Tx, workspace_id: UUID) -> list[dict[str, Any]]:
    """With the names and addresses of their profiles."""
    rows = await tx.fetch(
        """select m.user_id as id, m.user_id, coalesce(p.name, '') as name, coalesce(p.email, '') as email, m.role,
               m.version, m.created_at, m.updated_at, m.created_by
           from member m left join profile p using (user_id)
           where m.workspace_id = $1 and m.removed_at is null""",
        workspace_id,
    )
    return [dict(row) for row in rows]


async def shown(tx: Tx, workspace_id: UUID, user_id: UUID) -> dict[str, Any] | None:
    return next((row for row in await listed(tx, workspace_id) if row["user_id"] == user_id), None)


def added(member: Member) -> crm_facts.Change:
    after = {"user_id": str(member.user_id), "role": member.role}
    return crm_facts.Change("member", member.user_id, member.version, "added", {}, after)
