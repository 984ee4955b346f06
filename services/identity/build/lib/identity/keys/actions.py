"""The steps of a key's life, each a command (commands.py) and an audit entry."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from identity import audit, facts
from identity.db import Tx
from identity.keys import store
from identity.keys.model import SigningKey, State, UnusableKey, from_json, new_key, new_kid, private_jwk
from identity.vault import Vault

PUBLISHED_BEFORE_USE = timedelta(minutes=20)  # two caches of ten minutes
TOKENS_AND_CACHES = timedelta(minutes=15)  # beyond the tokens' own life


class TooEarly(Exception):
    """The step would make good tokens fail; the sentence says when it may be taken."""


class WrongState(Exception):
    """The key is not where the step begins."""


async def prepare_keys(tx: Tx, vault: Vault, configured: str) -> None:
    """At first start: the configured keys, else a new ES256 key. Later only configured keys that are not there yet."""
    has_current = await tx.fetchval("select exists (select from signing_key where state = 'current')")
    if has_current and not configured:
        return
    await store.lock(tx)
    keys = await store.all_keys(tx, vault)
    if configured:
        await import_keys(tx, vault, configured, keys)
    elif not any(key.state is State.CURRENT for key in keys):
        kid = new_kid()
        await store.insert(tx, vault, kid, "ES256", new_key("ES256"), State.CURRENT)
        await _stated(tx, kid, "key.made", State.CURRENT)


async def add_standby(tx: Tx, vault: Vault, alg: str) -> UUID:
    kid = new_kid()
    await store.insert(tx, vault, kid, alg, new_key(alg), State.STANDBY)
    await _stated(tx, kid, "key.made", State.STANDBY)
    return kid


async def rotate(tx: Tx, vault: Vault, *, to: UUID | None = None, at_once: bool = False) -> UUID:
    """The standby key (or `to`, which may be a previous one: a step back) signs from now on."""
    keys = await store.all_keys(tx, vault)
    coming = _pick(keys, to)
    waits_until = coming.state_since + PUBLISHED_BEFORE_USE
    if coming.state is State.STANDBY and datetime.now(UTC) < waits_until and not at_once:
        raise TooEarly(
            f"key {coming.kid} was published less than 20 minutes ago: rotate after {waits_until:%H:%M:%S} UTC"
        )
    for key in keys:
        if key.state is State.CURRENT:
            await store.set_state(tx, key.kid, State.PREVIOUS)
            await _stated(tx, key.kid, "key.retired", State.PREVIOUS)
    await store.set_state(tx, coming.kid, State.CURRENT)
    await _stated(tx, coming.kid, "key.rotated", State.CURRENT)
    return coming.kid


async def revoke(tx: Tx, vault: Vault, kid: UUID, *, token_ttl_s: int, at_once: bool = False) -> None:
    """Unpublished and refused. The current key cannot be revoked: rotate first."""
    key = _find(await store.all_keys(tx, vault), kid)
    if key.state in (State.CURRENT, State.REVOKED):
        raise WrongState(f"key {kid} is {key.state}")
    waits_until = key.state_since + timedelta(seconds=token_ttl_s) + TOKENS_AND_CACHES
    if key.state is State.PREVIOUS and datetime.now(UTC) < waits_until and not at_once:
        raise TooEarly(f"tokens of key {kid} may still be in use: revoke after {waits_until:%Y-%m-%d %H:%M:%S} UTC")
    await store.set_state(tx, kid, State.REVOKED)
    await _stated(tx, kid, "key.revoked", State.REVOKED)


async def restore(tx: Tx, vault: Vault, kid: UUID) -> None:
    """A revoked key verifies again."""
    key = _find(await store.all_keys(tx, vault), kid)
    if key.state is not State.REVOKED:
        raise WrongState(f"key {kid} is {key.state}, not revoked")
    await store.set_state(tx, kid, State.PREVIOUS)
    await _stated(tx, kid, "key.restored", State.PREVIOUS)


async def delete(tx: Tx, vault: Vault, kid: UUID) -> None:
    key = _find(await store.all_keys(tx, vault), kid)
    if key.state is not State.REVOKED:
        raise WrongState(f"key {kid} is {key.state}: only a revoked key can be deleted")
    await store.delete(tx, kid)
    await _stated(tx, kid, "key.deleted", State.REVOKED)


def export(keys: list[SigningKey]) -> bytes:
    """A JSON array of private JWKs; the current one has "sign" in key_ops. Whoever reads it can sign anybody in."""
    return msgspec.json.encode([_exported(key) for key in keys if key.state is not State.REVOKED])


async def import_keys(tx: Tx, vault: Vault, text: str, present: list[SigningKey]) -> None:
    """The one with "sign" in key_ops becomes current, the others previous; keys that are here stay as they are."""
    known = {key.kid for key in present}
    has_current = any(key.state is State.CURRENT for key in present)
    for jwk, kid, alg, key in from_json(text):
        if kid in known:
            continue
        signs = "sign" in jwk.get("key_ops", ["sign"]) and not has_current
        state = State.CURRENT if signs else State.PREVIOUS
        has_current = has_current or signs
        await store.insert(tx, vault, kid, alg, key, state)
        await _stated(tx, kid, "key.imported", state)
    if not has_current:
        raise UnusableKey('none of the keys has "sign" in key_ops')


def _exported(key: SigningKey) -> dict[str, Any]:
    operations = ["sign", "verify"] if key.state is State.CURRENT else ["verify"]
    return {**private_jwk(key.key), "kid": str(key.kid), "alg": key.alg, "use": "sig", "key_ops": operations}


def _pick(keys: list[SigningKey], kid: UUID | None) -> SigningKey:
    if kid is None:
        standby = [key for key in keys if key.state is State.STANDBY]
        if not standby:
            raise WrongState("there is no standby key: make one with `keys standby`, and rotate 20 minutes later")
        return standby[0]
    key = _find(keys, kid)
    if key.state not in (State.STANDBY, State.PREVIOUS):
        raise WrongState(f"key {kid} is {key.state}")
    return key


def _find(keys: list[SigningKey], kid: UUID) -> SigningKey:
    for key in keys:
        if key.kid == kid:
            return key
    raise WrongState(f"there is no key {kid}")


async def _stated(tx: Tx, kid: UUID, action: str, state: State) -> None:
    await audit.note(tx, action, kid=str(kid))
    await facts.keys_changed(tx, kid, state.value)
