"""All SQL on sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from identity.client import Client
from identity.db import Tx
from identity.users import Account
from identity.users import store as accounts


@dataclass(frozen=True)
class Session:
    """`sealed_key` signs the refresh tokens; `amr` is newest first, as in the access token."""

    id: UUID
    account_id: UUID
    sealed_key: bytes
    counter: int
    aal: str
    amr: list[dict[str, Any]]
    ip: str
    user_agent: str
    created_at: datetime
    refreshed_at: datetime
    factor_id: UUID | None
    aal2_counter: int

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> "Session":
        return cls(
            id=row["id"],
            account_id=row["account_id"],
            sealed_key=row["refresh_key"],
            counter=row["refresh_counter"],
            aal=row["aal"],
            amr=msgspec.json.decode(row["amr"]),
            ip=row["ip"] or "",
            user_agent=row["user_agent"] or "",
            created_at=row["created_at"],
            refreshed_at=row["refreshed_at"],
            factor_id=row["factor_id"],
            aal2_counter=row["aal2_counter"],
        )


async def insert(
    tx: Tx, session_id: UUID, account_id: UUID, sealed_key: bytes, amr: Sequence[dict[str, Any]], client: Client
) -> None:
    await tx.execute(
        """insert into session (id, account_id, refresh_key, amr, ip, user_agent)
           values ($1, $2, $3, $4::text::jsonb, $5, $6)""",
        session_id,
        account_id,
        sealed_key,
        msgspec.json.encode(amr).decode(),
        client.ip,
        client.user_agent,
    )


async def find(tx: Tx, session_id: UUID) -> Session | None:
    row = await tx.fetchrow("select * from session_row where id = $1", session_id)
    return None if row is None else Session.from_row(row)


async def lock_if_free(tx: Tx, session_id: UUID) -> Session | None:
    """None when there is none, or when another refresh holds it: nobody waits here with a connection in hand."""
    row = await tx.fetchrow("select * from session_row where id = $1 for update skip locked", session_id)
    return None if row is None else Session.from_row(row)


async def with_account(tx: Tx, session_id: UUID, account_id: UUID) -> tuple[Session | None, Account | None]:
    """The session, if it lives and is that account's; and the account."""
    account = await accounts.by_id(tx, account_id)
    session = await find(tx, session_id)
    return (session if session is not None and session.account_id == account_id else None), account


async def is_newest(tx: Tx, session: Session) -> bool:
    newer: bool = await tx.fetchval(
        "select exists (select from session where account_id = $1 and id <> $2 and refreshed_at > $3)",
        session.account_id,
        session.id,
        session.refreshed_at,
    )
    return not newer


async def refreshed(tx: Tx, session_id: UUID, counter: int, client: Client) -> None:
    await tx.execute(
        "update session set refresh_counter = $2, refreshed_at = now(), ip = $3, user_agent = $4 where id = $1",
        session_id,
        counter,
        client.ip,
        client.user_agent,
    )


async def lock(tx: Tx, session_id: UUID) -> Session | None:
    row = await tx.fetchrow("select * from session_row where id = $1 for update", session_id)
    return None if row is None else Session.from_row(row)


async def raise_to_aal2(
    tx: Tx, session: Session, counter: int, amr: Sequence[dict[str, Any]], factor_id: UUID | None
) -> None:
    await tx.execute(
        """update session set aal = 'aal2', amr = $2::text::jsonb, refresh_counter = $3, aal2_counter = $3,
               factor_id = coalesce($4, factor_id), refreshed_at = now()
           where id = $1""",
        session.id,
        msgspec.json.encode(amr).decode(),
        counter,
        factor_id,
    )


async def drop_to_aal1(tx: Tx, account_id: UUID, factor_id: UUID, method: str) -> None:
    # drop_to_aal1: the sessions that this factor raised; the method leaves their amr
    await tx.execute(
        """update session set aal = 'aal1', factor_id = null, amr = coalesce((
               select jsonb_agg(m) from jsonb_array_elements(amr) m where m->>'method' <> $3), '[]')
           where account_id = $1 and factor_id = $2""",
        account_id,
        factor_id,
        method,
    )


async def delete_aal1_of_account(tx: Tx, account_id: UUID) -> list[UUID]:
    rows = await tx.fetch("delete from session where account_id = $1 and aal = 'aal1' returning id", account_id)
    return [row["id"] for row in rows]


async def of_account(tx: Tx, account_id: UUID) -> list[Session]:
    rows = await tx.fetch("select * from session_row where account_id = $1 order by refreshed_at desc, id", account_id)
    return [Session.from_row(row) for row in rows]


async def delete(tx: Tx, session_id: UUID) -> bool:
    return await tx.execute("delete from session where id = $1", session_id) == "DELETE 1"


async def delete_of_account(tx: Tx, account_id: UUID, keep: UUID | None) -> list[UUID]:
    rows = await tx.fetch(
        "delete from session where account_id = $1 and id is distinct from $2 returning id", account_id, keep
    )
    return [row["id"] for row in rows]
