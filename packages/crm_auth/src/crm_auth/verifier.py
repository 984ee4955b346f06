"""Verify an access token once, remember it by its hash until it expires.

Verifying ES256 costs about 100 us, remembering 1.5 (docs/decisions/0013-tokens-are-remembered.md). The memory holds no
token, only its SHA-256.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from crm_auth.claims import LEEWAY_S, Claims, check_claims
from crm_auth.errors import InvalidToken
from crm_auth.key_set import KeySet, PublicKey
from crm_auth.pre_check import Parts, pre_check

SECRET_MIN_BYTES = 32

__all__ = ["Claims", "Issuer", "Verifier"]


@dataclass(frozen=True)
class Issuer:
    """Whom we believe, and by what.

    url: exactly the token's `iss`. keys: its published set. algorithms: for published keys, of ES256 and RS256.
    secrets: HS256 secrets by the kid that names them; legacy_secret: the one of tokens without a kid (hosted Supabase).
    HS256 is refused unless a secret is configured here: never a fallback, never with a public key's bytes.
    """

    url: str
    keys: KeySet | None = None
    algorithms: Sequence[str] = ("ES256",)
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    legacy_secret: bytes | None = None

    def __post_init__(self) -> None:
        if unknown := set(self.algorithms) - {"ES256", "RS256"}:
            raise ValueError(f"algorithms not supported for published keys: {sorted(unknown)}")
        for secret in (*self.secrets.values(), *filter(None, [self.legacy_secret])):
            if len(secret) < SECRET_MIN_BYTES:
                raise ValueError(f"an HS256 secret needs {SECRET_MIN_BYTES} bytes or more")

    async def key_for(self, alg: str, kid: str | None) -> PublicKey | OctKey:
        if alg == "HS256":
            return self._secret_for(kid)
        if alg not in self.algorithms or self.keys is None or kid is None:
            raise InvalidToken("algorithm not configured, or no kid")
        key_alg, key = await self.keys.find(kid)
        if key_alg != alg:
            raise InvalidToken("alg is not the key's own")
        return key

    def _secret_for(self, kid: str | None) -> OctKey:
        secret = self.legacy_secret if kid is None else self.secrets.get(kid)
        if secret is None:
            raise InvalidToken("HS256 without a configured secret")
        return OctKey.import_key(secret)


class Verifier:
    """`clock` is Unix time in seconds. `remember_max` bounds the memory: about 1.5 KB a token."""

    def __init__(
        self, issuers: Sequence[Issuer], *, remember_max: int = 20_000, clock: Callable[[], float] = time.time
    ) -> None:
        self._issuers = {issuer.url: issuer for issuer in issuers}
        self._remember_max = remember_max
        self._clock = clock
        self._remembered: OrderedDict[bytes, Claims] = OrderedDict()
        self._by_session: dict[UUID, set[bytes]] = {}
        self._ended: dict[UUID, float] = {}

    async def verify(self, token: str) -> Claims:
        """The claims of a valid user token. Raises InvalidToken (401) or KeysUnavailable (503)."""
        # A token is ASCII (the pre-check refuses others); "replace" keeps a stray byte from being our 500.
        digest = sha256(token.encode("ascii", "replace")).digest()
        claims = self._remembered.get(digest)
        if claims is None:
            claims = await self._verify(token)
            self._remember(digest, claims)
        elif claims.expires_at <= self._clock() - LEEWAY_S:
            self._drop(digest, claims)
            raise InvalidToken("expired")
        else:
            self._remembered.move_to_end(digest)
        if claims.session_id in self._ended:
            raise InvalidToken("session ended")
        return claims

    def forget(self, session_id: UUID, *, refuse_until: float | None = None) -> None:
        """Drop what is remembered of a session; refuse it until `refuse_until` (Unix time, the `exp` of its last
        token).
        """
        for digest in self._by_session.pop(session_id, ()):
            self._remembered.pop(digest, None)
        now = self._clock()
        self._ended = {ended: until for ended, until in self._ended.items() if until > now}
        if refuse_until is not None:
            self._ended[session_id] = refuse_until + LEEWAY_S

    def forget_all(self) -> None:
        """A signing key was revoked: every token is checked again, against keys that are fetched anew."""
        self._remembered.clear()
        self._by_session.clear()
        for issuer in self._issuers.values():
            if issuer.keys is not None:
                issuer.keys.expire()

    async def ping(self) -> None:
        """For readiness: raises KeysUnavailable while an issuer's keys are not at hand."""
        for issuer in self._issuers.values():
            # Where a secret signs, the published set may well be empty (hosted projects on their legacy secret).
            if issuer.keys is not None and issuer.legacy_secret is None and not issuer.secrets:
                await issuer.keys.ping()

    async def _verify(self, token: str) -> Claims:
        parts = pre_check(token)
        key = await self._issuer(parts).key_for(parts.alg, parts.kid)
        _check_signature(token, key, parts.alg)
        return check_claims(parts.claims, now=self._clock())

    def _issuer(self, parts: Parts) -> Issuer:
        url: Any = parts.claims.get("iss")
        issuer = self._issuers.get(url) if isinstance(url, str) else None
        if issuer is None:
            raise InvalidToken("unknown issuer")
        return issuer

    def _remember(self, digest: bytes, claims: Claims) -> None:
        self._remembered[digest] = claims
        self._by_session.setdefault(claims.session_id, set()).add(digest)
        while len(self._remembered) > self._remember_max:
            self._drop(*next(iter(self._remembered.items())))

    def _drop(self, digest: bytes, claims: Claims) -> None:
        self._remembered.pop(digest, None)
        digests = self._by_session.get(claims.session_id, set())
        digests.discard(digest)
        if not digests:
            self._by_session.pop(claims.session_id, None)


def _check_signature(token: str, key: PublicKey | OctKey, alg: str) -> None:
    try:
        jws.deserialize_compact(token, key, algorithms=[alg])
    except (JoseError, ValueError) as error:
        raise InvalidToken(f"signature: {type(error).__name__}") from None
