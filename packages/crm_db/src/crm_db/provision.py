"""A service's database and its three roles, made or brought up to date by the administrator of the server.

The administrator need not be a superuser (managed servers give none): CREATEROLE and CREATEDB are enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg import Connection

# Settings of a role, for every session of it; reliability.md section 3. The owner's statements are migrations,
# which may take long but must not wait long for a lock that stops everybody else.
ROLE_SETTINGS = {
    "owner": {"lock_timeout": "2s"},
    "api": {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"},
    "worker": {"statement_timeout": "60s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "60s"},
}


class ProvisionError(Exception):
    """The server or its data is not as it must be; the text is one sentence for an operator."""


@dataclass(frozen=True)
class Names:
    """What one service is called in Postgres; several databases (test clones) may share the roles."""

    service: str
    database: str

    @classmethod
    def of(cls, service: str, prefix: str = "") -> Names:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", service) or not re.fullmatch(r"[a-z0-9_]{0,20}", prefix):
            raise ProvisionError(f"'{prefix}{service}' is no name for a database: use a-z, 0-9 and _.")
        return cls(service, prefix + service)

    def role(self, kind: str) -> str:
        return f"{self.service}_{kind}"


async def roles(admin: Connection, names: Names, passwords: dict[str, str]) -> None:
    """Makes the roles, sets their passwords and limits; refuses one that could get around row-level security."""
    for kind, password in passwords.items():
        role = names.role(kind)
        if not await admin.fetchval("select exists (select from pg_roles where rolname = $1)", role):
            # No NOSUPERUSER or NOBYPASSRLS: they are the default, and only a superuser may name them.
            await admin.execute(f"create role {role} login")
        await admin.execute(
            await admin.fetchval("select format('alter role %I password %L', $1::text, $2::text)", role, password)
        )
        for setting, value in ROLE_SETTINGS[kind].items():
            await admin.execute(f"alter role {role} set {setting} = '{value}'")
    unsafe = await admin.fetch(
        """
        select rolname from pg_roles
        where rolname = any($1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
        """,
        [names.role(kind) for kind in passwords],
    )
    if unsafe:
        listed = ", ".join(row["rolname"] for row in unsafe)
        raise ProvisionError(f"The Postgres role {listed} has rights over all data: take them away, or drop the role.")


async def database(admin: Connection, names: Names) -> None:
    """Makes the database, owned by the owner role and open to the service's three roles alone."""
    owner = names.role("owner")
    if not await admin.fetchval("select pg_has_role(current_user, $1, 'SET')", owner):
        # Whoever made a role may grant it to itself (PostgreSQL 16); owning its objects needs that.
        await admin.execute(f"grant {owner} to current_user with inherit true, set true")
    if not await admin.fetchval("select exists (select from pg_database where datname = $1)", names.database):
        await admin.execute(f"create database {names.database} owner {owner}")
    everyone = ", ".join(names.role(kind) for kind in ROLE_SETTINGS)
    await admin.execute(f"revoke all on database {names.database} from public")
    await admin.execute(f"grant connect on database {names.database} to {everyone}")


async def extensions(inside: Connection, wanted: Sequence[str]) -> None:
    """Installs extensions; `inside` is the administrator's connection to the service's own database."""
    for name in wanted:
        await inside.execute(f'create extension if not exists "{name}"')
