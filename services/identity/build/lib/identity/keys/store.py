"""All SQL on signing keys. The private part enters and leaves sealed."""

from uuid import UUID

import msgspec
from joserfc.jwk import ECKey, OctKey, RSAKey

from identity.db import Tx
from identity.keys.model import PrivateKey, SigningKey, State, private_jwk, public_jwk
from identity.vault import Vault

PURPOSE = "signing-key"
KINDS: dict[str, type[ECKey] | type[RSAKey] | type[OctKey]] = {"ES256": ECKey, "RS256": RSAKey, "HS256": OctKey}


async def all_keys(tx: Tx, vault: Vault) -> list[SigningKey]:
    rows = await tx.fetch(
        "select kid, alg, state, state_since, created_at, sealed_jwk from signing_key order by created_at"
    )
    return [
        SigningKey(
            kid=row["kid"],
            alg=row["alg"],
            state=State(row["state"]),
            state_since=row["state_since"],
            created_at=row["created_at"],
            key=KINDS[row["alg"]].import_key(msgspec.json.decode(vault.open(PURPOSE, row["sealed_jwk"]))),
        )
        for row in rows
    ]


async def lock(tx: Tx) -> None:
    """One command or first start at a time: whoever waits sees what the other did."""
    await tx.execute("select pg_advisory_xact_lock(hashtext('signing_key'))")


async def insert(tx: Tx, vault: Vault, kid: UUID, alg: str, key: PrivateKey, state: State) -> None:
    public = public_jwk(kid, alg, key)
    await tx.execute(
        """insert into signing_key (kid, alg, state, public_jwk, sealed_jwk)
           values ($1, $2, $3, $4::text::jsonb, $5)""",
        kid,
        alg,
        state.value,
        None if public is None else msgspec.json.encode(public).decode(),
        vault.seal(PURPOSE, msgspec.json.encode(private_jwk(key))),
    )


async def set_state(tx: Tx, kid: UUID, state: State) -> None:
    await tx.execute("update signing_key set state = $2, state_since = now() where kid = $1", kid, state.value)


async def delete(tx: Tx, kid: UUID) -> None:
    await tx.execute("delete from signing_key where kid = $1", kid)
