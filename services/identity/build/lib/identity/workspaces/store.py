"""All SQL on workspaces and profiles."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from identity.db import Tx, returned


@dataclass(frozen=True)
class Membership:
    """A workspace as one of its members sees it."""

    workspace_id: UUID
    name: str
    country: str | None
    time_zone: str
    locale: str
    currency: str | None
    role: str

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Membership":
        return cls(**row)


@dataclass(frozen=True)
class Workspace:
    workspace_id: UUID
    name: str
    country: str | None
    time_zone: str
    locale: str
    currency: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Workspace":
        return cls(**row)

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.workspace_id,
            "version": self.version,
            "name": self.name,
            "country": self.country,
            "time_zone": self.time_zone,
            "locale": self.locale,
            "currency": self.currency,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "created_by": self.created_by,
        }


# fields that a person can set, in the order in which they are shown
FIELDS = ("name", "country", "time_zone", "locale", "currency")


async def memberships_of(tx: Tx, user_id: UUID) -> list[Membership]:
    """The workspaces of a user, oldest membership first: the first one is theirs by default."""
    return [Membership.from_row(row) for row in await tx.fetch("select * from memberships_of($1)", user_id)]


async def save_profile(tx: Tx, user_id: UUID, email: str, name: str) -> None:
    """Also locks the row, so that of several first requests one at a time looks for a workspace and makes it."""
    await tx.execute(
        """insert into profile as p (user_id, email, name) values ($1, $2, $3)
           on conflict (user_id) do update set email = excluded.email, name = excluded.name, updated_at = now()""",
        user_id,
        email,
        name,
    )


async def profile_of(tx: Tx, user_id: UUID) -> tuple[str, str] | None:
    """(email, name), or None for somebody who was never here."""
    row = await tx.fetchrow("select email, name from profile where user_id = $1", user_id)
    return None if row is None else (row["email"], row["name"])


async def new_id(tx: Tx) -> UUID:
    """Known before the insert, because row-level security wants the workspace entered first."""
    workspace_id: UUID = await tx.fetchval("select uuidv7()")
    return workspace_id


async def enter(tx: Tx, workspace_id: UUID) -> None:
    await tx.execute("select enter($1)", workspace_id)


async def insert(tx: Tx, workspace_id: UUID, created_by: UUID, values: dict[str, Any]) -> Workspace:
    row = await tx.fetchrow(
        """insert into workspace (workspace_id, name, country, time_zone, locale, currency, created_by)
           values ($1, $2, $3, $4, $5, $6, $7) returning *""",
        workspace_id,
        *(values[name] for name in FIELDS),
        created_by,
    )
    return Workspace.from_row(returned(row))


async def find(tx: Tx, workspace_id: UUID) -> Workspace | None:
    row = await tx.fetchrow("select * from workspace where workspace_id = $1", workspace_id)
    return None if row is None else Workspace.from_row(row)


async def lock(tx: Tx, workspace_id: UUID) -> Workspace | None:
    row = await tx.fetchrow("select * from workspace where workspace_id = $1 for update", workspace_id)
    return None if row is None else Workspace.from_row(row)


async def save(tx: Tx, workspace_id: UUID, values: dict[str, Any]) -> Workspace:
    row = await tx.fetchrow(
        """update workspace set name = $2, country = $3, time_zone = $4, locale = $5, currency = $6,
               version = version + 1, updated_at = now()
           where workspace_id = $1 returning *""",
        workspace_id,
        *(values[name] for name in FIELDS),
    )
    return Workspace.from_row(returned(row))
