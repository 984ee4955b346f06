"""Operator's commands: `python -m identity keys|machine-tokens ...`, with the environment of `work`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from crm_db import Database
from identity import settings as settings_module
from identity.admin import machine_tokens as tokens
from identity.db import Tx
from identity.keys import KeyRing, TokenWriter, actions, store
from identity.keys.actions import TooEarly, WrongState
from identity.keys.model import UnusableKey
from identity.settings import Settings
from identity.vault import Vault


def keys(arguments: Sequence[str]) -> int:
    """list | standby [--alg] | rotate [--to KID] | revoke KID | restore KID | delete KID | export | import FILE"""
    options = _parser().parse_args(arguments)
    try:
        print(asyncio.run(_run(options, settings_module.load(os.environ))))
    except (TooEarly, WrongState, UnusableKey) as error:
        print(f"identity keys: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m identity keys", description=keys.__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("list", help="kid, algorithm and state of each key")
    steps.add_parser("standby", help="make and publish the next key").add_argument(
        "--alg", choices=["ES256", "RS256"], default="ES256"
    )
    rotate = steps.add_parser("rotate", help="sign with the standby key, or with --to")
    rotate.add_argument("--to", type=UUID)
    rotate.add_argument("--at-once", action="store_true", help="do not wait for caches: an emergency")
    revoke = steps.add_parser("revoke", help="unpublish and refuse a key")
    revoke.add_argument("kid", type=UUID)
    revoke.add_argument("--at-once", action="store_true", help="do not wait for tokens to end: an emergency")
    for name, words in {"restore": "let a revoked key verify again", "delete": "delete a revoked key"}.items():
        steps.add_parser(name, help=words).add_argument("kid", type=UUID)
    steps.add_parser("export", help="private keys as a JSON array of JWKs: keep it secret")
    steps.add_parser("import", help="keys from such a file").add_argument("file", type=argparse.FileType())
    return parser


def machine_tokens(arguments: Sequence[str]) -> int:
    """make --name NAME [--days N] | list | revoke JTI"""
    parser = argparse.ArgumentParser(prog="python -m identity machine-tokens", description=machine_tokens.__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    make = steps.add_parser("make", help="a token for the admin API, shown once: keep it secret")
    make.add_argument("--name", required=True, help="what it is for")
    make.add_argument("--days", type=int, default=90, choices=range(1, 3651), metavar="1-3650")
    steps.add_parser("list", help="name, end and state of each")
    steps.add_parser("revoke", help="refuse it from now on").add_argument("jti", type=UUID)
    print(asyncio.run(_machine_token(parser.parse_args(arguments), settings_module.load(os.environ))))
    return 0


async def _machine_token(options: argparse.Namespace, settings: Settings) -> str:
    db = await Database.open(settings.database_url, min_size=1, max_size=1)
    try:
        async with db.transaction(None) as tx:
            if options.step == "make":
                keys = await store.all_keys(tx, Vault(settings.crm_secret))
                writer = TokenWriter(KeyRing.of(keys), settings.issuer, settings.crm_auth_token_ttl_s)
                return await tokens.make(tx, writer, name=options.name, days=options.days)
            if options.step == "revoke":
                return "revoked" if await tokens.revoke(tx, options.jti) else "there is no such live token"
            return "\n".join(_line(token) for token in await tokens.listed(tx))
    finally:
        await db.close()


def _line(token: Mapping[str, Any]) -> str:
    state = "revoked" if token["revoked_at"] else f"until {token['expires_at']:%Y-%m-%d}"
    return f"{token['jti']}  {state}  {token['name']}"


async def _run(options: argparse.Namespace, settings: Settings) -> str:
    db = await Database.open(settings.database_url, min_size=1, max_size=1)
    try:
        async with db.transaction(None) as tx:
            await store.lock(tx)
            return await _step(tx, Vault(settings.crm_secret), options, settings)
    finally:
        await db.close()


async def _step(tx: Tx, vault: Vault, options: argparse.Namespace, settings: Settings) -> str:
    match options.step:
        case "standby":
            kid = await actions.add_standby(tx, vault, options.alg)
            return f"{kid} is published; rotate in 20 minutes"
        case "rotate":
            return f"{await actions.rotate(tx, vault, to=options.to, at_once=options.at_once)} signs from now on"
        case "revoke":
            ttl_s = settings.crm_auth_token_ttl_s
            await actions.revoke(tx, vault, options.kid, token_ttl_s=ttl_s, at_once=options.at_once)
            return f"{options.kid} is revoked"
        case "restore":
            await actions.restore(tx, vault, options.kid)
            return f"{options.kid} verifies again"
        case "delete":
            await actions.delete(tx, vault, options.kid)
            return f"{options.kid} is deleted"
        case "export":
            return actions.export(await store.all_keys(tx, vault)).decode()
        case "import":
            await actions.import_keys(tx, vault, options.file.read(), await store.all_keys(tx, vault))
            return "imported"
    listed = await store.all_keys(tx, vault)
    return "\n".join(
        f"{key.kid}  {key.alg}  {key.state}  since {key.state_since:%Y-%m-%d %H:%M:%S} UTC" for key in listed
    )
