"""A signing key and the four states of its life (auth-protocol 5.2).

standby (published, signs nothing) -> current (exactly one; signs) -> previous (published, verifies) -> revoked
Any step can be taken back until the key is deleted.
"""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import msgspec
from joserfc.jwk import ECKey, OctKey, RSAKey

PrivateKey = ECKey | RSAKey | OctKey

PUBLIC_MEMBERS = {"EC": ("crv", "x", "y"), "RSA": ("n", "e")}
ALG_OF = {"EC": "ES256", "RSA": "RS256", "oct": "HS256"}
OCT_MIN_BYTES = 32
RSA_MIN_BITS = 2048


class State(StrEnum):
    STANDBY = "standby"
    CURRENT = "current"
    PREVIOUS = "previous"
    REVOKED = "revoked"


VERIFYING = (State.STANDBY, State.CURRENT, State.PREVIOUS)


class UnusableKey(ValueError):
    """A JWK that cannot become one of our signing keys; the sentence says why, without the key."""


@dataclass(frozen=True)
class SigningKey:
    kid: UUID
    alg: str
    state: State
    state_since: datetime
    created_at: datetime
    key: PrivateKey

    @property
    def public_jwk(self) -> dict[str, Any] | None:
        """What the key set shows; None for HS256, whose only part is secret."""
        return public_jwk(self.kid, self.alg, self.key)


def new_key(alg: str) -> PrivateKey:
    if alg == "ES256":
        return ECKey.generate_key("P-256")
    if alg == "RS256":
        return RSAKey.generate_key(RSA_MIN_BITS)
    raise UnusableKey(f"keys for {alg} are not made here, only ES256 and RS256")


def new_kid() -> UUID:
    return uuid4()


def from_jwk(jwk: dict[str, Any]) -> tuple[UUID, str, PrivateKey]:
    """(kid, alg, key) of a private JWK as `keys export`, or hosted Supabase, writes it."""
    kty = jwk.get("kty")
    if kty not in ALG_OF:
        raise UnusableKey(f"kty {kty!r} is not supported, only EC, RSA and oct (clients refuse key sets with others)")
    if jwk.get("alg", ALG_OF[kty]) != ALG_OF[kty]:
        raise UnusableKey(f"alg {jwk.get('alg')!r} does not belong to a key of type {kty}, only {ALG_OF[kty]}")
    try:
        kid = UUID(str(jwk.get("kid")))
        key = _import(kty, jwk)
    except UnusableKey:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise UnusableKey("the key is damaged, or its kid is not a UUID") from error
    return kid, ALG_OF[kty], key


def from_json(text: str) -> list[tuple[dict[str, Any], UUID, str, PrivateKey]]:
    """(jwk, kid, alg, key) of each entry of a JSON array of private JWKs. Raises UnusableKey."""
    try:
        jwks = msgspec.json.decode(text, type=list[dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise UnusableKey("the keys are not a JSON array of JWKs") from error
    return [(jwk, *from_jwk(jwk)) for jwk in jwks]


def _import(kty: str, jwk: dict[str, Any]) -> PrivateKey:
    if kty == "oct":
        if len(urlsafe_b64decode(str(jwk["k"]) + "==")) < OCT_MIN_BYTES:
            raise UnusableKey(f"an oct key needs at least {OCT_MIN_BYTES} bytes")
        return OctKey.import_key(jwk)
    key: ECKey | RSAKey = ECKey.import_key(jwk) if kty == "EC" else RSAKey.import_key(jwk)
    if not key.is_private:
        raise UnusableKey("the key has no private part")
    if isinstance(key, ECKey) and key.curve_name != "P-256":
        raise UnusableKey("an EC key has to be on P-256")
    if isinstance(key, RSAKey) and key.raw_value.key_size < RSA_MIN_BITS:
        raise UnusableKey(f"an RSA key needs at least {RSA_MIN_BITS} bits")
    return key


def public_jwk(kid: UUID, alg: str, key: PrivateKey) -> dict[str, Any] | None:
    if isinstance(key, OctKey):
        return None
    members = key.as_dict(private=False)
    public = {name: members[name] for name in PUBLIC_MEMBERS[key.key_type]}
    # key_ops is required by both clients, use by some verifiers
    return {"kty": key.key_type, "kid": str(kid), "alg": alg, "use": "sig", "key_ops": ["verify"], **public}


def private_jwk(key: PrivateKey) -> dict[str, Any]:
    return dict(key.as_dict(private=True))
