"""Access tokens: written with the current key, read with whichever published key signed them (auth-protocol 5)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from crm_auth import InvalidToken
from crm_auth.claims import check_claims
from crm_auth.pre_check import Parts, pre_check
from identity.keys.model import PrivateKey
from identity.keys.ring import KeyRing
from identity.users.model import AUDIENCE, ROLE


class BadToken(Exception):
    """Not a token of ours, or no longer."""


@dataclass(frozen=True)
class AccessToken:
    jwt: str
    expires_at: int  # epoch seconds
    expires_in: int


class Subject(Protocol):
    """Whom a token is about: an Account, or the owner of an API token."""

    @property
    def id(self) -> UUID: ...
    @property
    def email(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def app_metadata(self) -> Mapping[str, Any]: ...
    @property
    def user_metadata(self) -> Mapping[str, Any]: ...
    @property
    def is_anonymous(self) -> bool: ...


@dataclass(frozen=True)
class TokenWriter:
    """`issuer` comes from configuration, never from a request."""

    ring: KeyRing
    issuer: str
    ttl_s: int

    async def write(
        self,
        subject: Subject,
        session_id: UUID,
        *,
        aal: str,
        amr: Sequence[Mapping[str, Any]],
        expires_by: float | None = None,
    ) -> AccessToken:
        now = int(time.time())
        ends = now + self.ttl_s if expires_by is None else min(now + self.ttl_s, int(expires_by))
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "exp": ends,
            "iat": now,
            "sub": str(subject.id),
            "role": ROLE,
            "email": subject.email or "",
            "phone": subject.phone or "",
            "session_id": str(session_id),
            "aal": aal,
            "amr": list(amr),
            "app_metadata": subject.app_metadata,
            "user_metadata": subject.user_metadata,
            "is_anonymous": subject.is_anonymous,
            "jti": str(uuid4()),  # two tokens of one second differ
        }
        return AccessToken(await self.sign(claims), ends, ends - now)

    async def sign(self, claims: Mapping[str, Any]) -> str:
        signer = await self.ring.signer()
        header = {"alg": signer.alg, "kid": str(signer.kid), "typ": "JWT"}
        return jws.serialize_compact(header, _encode(claims), signer.key, algorithms=[signer.alg])


@dataclass(frozen=True)
class TokenReader:
    """`legacy_secret` verifies HS256 tokens without a kid, and nothing else."""

    ring: KeyRing
    issuer: str
    legacy_secret: str | None = None

    async def read(self, jwt: str) -> Mapping[str, Any]:
        """The claims of a live token of our own issuer, anonymous users' too. Raises BadToken."""
        parts = await self._verified(jwt)
        try:
            # check_claims refuses anonymous users for resource servers; here they are at home
            check_claims({**parts.claims, "is_anonymous": False}, now=time.time())
        except (InvalidToken, KeyError) as error:
            raise BadToken(_reason(error)) from error
        if parts.claims.get("iss") != self.issuer:
            raise BadToken("unknown issuer")
        return parts.claims

    async def read_machine(self, jwt: str) -> Mapping[str, Any]:
        """The claims of a token that need not be a user's: `exp` is optional in it, as in upstream's service keys, and
        those that the legacy secret signed name another issuer. Raises BadToken."""
        parts = await self._verified(jwt)
        expires_at = parts.claims.get("exp")
        if expires_at is not None and (not isinstance(expires_at, int) or expires_at <= time.time()):
            raise BadToken("token is expired")
        if parts.kid is not None and parts.claims.get("iss") != self.issuer:
            raise BadToken("unknown issuer")
        return parts.claims

    async def _verified(self, jwt: str) -> Parts:
        try:
            parts = pre_check(jwt)
            key, alg = await self._key(parts.kid, parts.alg)
            jws.deserialize_compact(jwt, key, algorithms=[alg])
        except (InvalidToken, JoseError, ValueError) as error:
            raise BadToken(_reason(error)) from error
        return parts

    async def _key(self, kid: str | None, alg: str) -> tuple[PrivateKey, str]:
        if kid is None:
            if alg != "HS256" or self.legacy_secret is None:
                raise BadToken("no kid")
            return OctKey.import_key(self.legacy_secret), "HS256"
        found = await self.ring.verifying(_uuid(kid))
        if found is None or found.alg != alg:
            raise BadToken("signed by an unknown key")
        return found.key, found.alg


def _uuid(kid: str) -> UUID:
    try:
        return UUID(kid)
    except ValueError as error:
        raise BadToken("signed by an unknown key") from error


def _encode(claims: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(claims)


def _reason(error: Exception) -> str:
    return error.reason if isinstance(error, InvalidToken) else "signature is invalid"
