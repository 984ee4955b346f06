"""A migrated database per service and worker, cloned from a template that is migrated once per set of servers."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import tomllib
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from crm_testkit import repository
from crm_testkit.blocking import run
from crm_testkit.servers import Servers

ROLES = ("owner", "api", "worker")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """URLs of one database: as the administrator, as the owner of its tables, as `serve` and as `work` see it."""

    name: str
    admin_url: str
    owner_url: str
    api_url: str
    worker_url: str


def passwords(servers: Servers) -> dict[str, str]:
    """The same in every worker of a set of servers, because databases share the roles."""
    secret = urlsplit(servers.postgres_url).password
    return {role: hashlib.sha256(f"{secret}.{role}".encode()).hexdigest() for role in ROLES}


def migrate_environment(servers: Servers, prefix: str) -> dict[str, str]:
    keys = {f"CRM_DB_{role.upper()}_PASSWORD": password for role, password in passwords(servers).items()}
    return {"POSTGRES_URL": servers.postgres_url, "CRM_DB_NAME_PREFIX": prefix, **keys}


def clone(servers: Servers, service: str) -> Database:
    """A fresh database of the service, with its tables and roles and no rows."""
    return run(_clone(servers, service))


async def _clone(servers: Servers, service: str) -> Database:
    template = f"template_{_digest(service)}_{service}"
    name = f"t{servers.slot}_{os.getpid()}_{next(_numbers)}_{service}"
    admin = await asyncpg.connect(servers.postgres_url)
    try:
        # One lock for all services: a migration also makes roles, which databases share.
        await admin.execute("select pg_advisory_lock(hashtext('crm_testkit.template'))")
        if not await admin.fetchval("select datistemplate from pg_database where datname = $1", template):
            _migrate(servers, service, prefix=template.removesuffix(service))
            await admin.execute(f'alter database "{template}" is_template true')  # so it is whole
        await _copy(admin, template=template, name=name)
    finally:
        await admin.close()
    return _urls(servers, name, service)


def _migrate(servers: Servers, service: str, *, prefix: str) -> None:
    command = [str(repository.python(service)), "-m", service, "migrate"]
    environ = {"PATH": os.environ["PATH"], **migrate_environment(servers, prefix)}
    folder = repository.folder(service)
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"migrating {service} failed:\n{done.stdout}{done.stderr}")


async def _copy(admin: asyncpg.Connection, *, template: str, name: str) -> None:
    """Clones tables and rows, and what a clone does not take over by itself: owner, access and settings."""
    owner, is_limited = await admin.fetchrow(OWNER, template)
    await admin.execute(f'create database "{name}" template "{template}" owner {owner}')
    if is_limited:
        await admin.execute(f'revoke all on database "{name}" from public')
        for grantee, privileges in await admin.fetch(GRANTS, template):
            await admin.execute(f'grant {privileges} on database "{name}" to {grantee}')
    for role, setting in await admin.fetch(SETTINGS, template):
        parameter, value = setting.split("=", 1)
        quoted = await admin.fetchval("select quote_literal($1::text)", value)
        target = f'role {role} in database "{name}"' if role else f'database "{name}"'
        await admin.execute(f"alter {target} set {parameter} = {quoted}")


OWNER = "select datdba::regrole::text, datacl is not null from pg_database where datname = $1"

GRANTS = """
select case when g.grantee = 0 then 'public' else g.grantee::regrole::text end, string_agg(g.privilege_type, ', ')
from pg_database d, aclexplode(d.datacl) g where d.datname = $1 group by g.grantee"""

SETTINGS = """
select case when s.setrole <> 0 then s.setrole::regrole::text end, unnest(s.setconfig)
from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = $1"""


def _digest(service: str) -> str:
    """Changes with every migration of the service and of the packages it uses."""
    pyproject = tomllib.loads((repository.folder(service) / "pyproject.toml").read_text())
    packages = [repository.ROOT / "packages" / name for name in pyproject["tool"]["crm"]["packages"]]
    digest = hashlib.sha256()
    for folder in [repository.folder(service), *packages]:
        for file in sorted(folder.rglob("migrations/*.sql")):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:8]


def _urls(servers: Servers, name: str, service: str) -> Database:
    admin = urlsplit(servers.postgres_url)
    address = f"{admin.hostname}:{admin.port}"
    urls = {
        role: urlunsplit(admin._replace(netloc=f"{service}_{role}:{password}@{address}", path=f"/{name}"))
        for role, password in passwords(servers).items()
    }
    return Database(name, urlunsplit(admin._replace(path=f"/{name}")), urls["owner"], urls["api"], urls["worker"])
