"""All SQL on accounts and their identities."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from identity.db import Tx
from identity.users.model import Account


async def by_id(tx: Tx, account_id: UUID) -> Account | None:
    return _one(await tx.fetchrow("select * from account_row where id = $1", account_id))


async def by_email(tx: Tx, email: str) -> Account | None:
    return _one(await tx.fetchrow("select * from account_row where email = $1", email))


async def by_phone(tx: Tx, phone: str) -> Account | None:
    return _one(await tx.fetchrow("select * from account_row where phone = $1", phone))


async def lock(tx: Tx, account_id: UUID) -> Account | None:
    """For a change: the row stays ours until the transaction ends."""
    return _one(await tx.fetchrow("select * from account_row where id = $1 for update", account_id))


async def lock_by_email(tx: Tx, email: str) -> Account | None:
    return _one(await tx.fetchrow("select * from account_row where email = $1 for update", email))


async def any_exists(tx: Tx) -> bool:
    return bool(await tx.fetchval("select exists (select from account)"))


async def insert(tx: Tx, **members: Any) -> UUID:
    """A new account with a v4 id, as this protocol's ids are; asyncpg.UniqueViolationError when an address is taken."""
    columns = {"id": uuid4(), **members}
    names = ", ".join(columns)
    places = ", ".join(_place(name, number) for number, name in enumerate(columns, 1))
    statement = f"insert into account ({names}) values ({places})"
    await tx.execute(statement, *map(_argument, columns.values()))
    account_id: UUID = columns["id"]
    return account_id


async def update(tx: Tx, account_id: UUID, **members: Any) -> None:
    changes = ", ".join(f"{name} = {_place(name, number)}" for number, name in enumerate(members, 2))
    statement = f"update account set {changes}, updated_at = now() where id = $1"
    await tx.execute(statement, account_id, *map(_argument, members.values()))


async def link(
    tx: Tx, account_id: UUID, provider: str, provider_id: str, data: Mapping[str, Any], email: str | None
) -> None:
    await tx.execute(
        """insert into account_identity (id, account_id, provider, provider_id, identity_data, email)
           values ($1, $2, $3, $4, $5::text::jsonb, $6)
           on conflict (provider, provider_id) do update
               set identity_data = excluded.identity_data, email = excluded.email, updated_at = now()""",
        uuid4(),
        account_id,
        provider,
        provider_id,
        _argument(data),
        email,
    )


async def unlink_all_but(tx: Tx, account_id: UUID, provider: str) -> None:
    await tx.execute("delete from account_identity where account_id = $1 and provider <> $2", account_id, provider)


async def signed_in(tx: Tx, account_id: UUID, provider: str) -> None:
    # signed_in: the account's and the identity's time of last sign-in, in one statement
    await tx.execute(
        """with used as (
               update account_identity set last_sign_in_at = now() where account_id = $1 and provider = $2
           )
           update account set last_sign_in_at = now() where id = $1""",
        account_id,
        provider,
    )


def _one(row: Any) -> Account | None:
    return None if row is None else Account.from_row(row)


def _place(column: str, number: int) -> str:
    return f"${number}::text::jsonb" if column.endswith("_metadata") else f"${number}"


def _argument(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, Mapping) else value
