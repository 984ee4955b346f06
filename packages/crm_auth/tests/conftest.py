"""An issuer whose key set is read as often as it is counted, and clocks that tests turn."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from crm_auth import Issuer, KeySet, Verifier

ISSUER = "https://crm.test/auth/v1"


@dataclass
class Clock:
    """Seconds; both the wall clock (Unix time) and the monotonic one."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


class PublishedKeys:
    """What stands at the issuer's address: its body, or the error of not reaching it; every fetch is counted."""

    def __init__(self) -> None:
        self.keys = [new_key("key-1")]
        self.fetches = 0
        self.body: bytes | None = None
        self.error: Exception | None = None

    async def fetch(self) -> bytes:
        self.fetches += 1
        if self.error is not None:
            raise self.error
        if self.body is not None:
            return self.body
        entries = [key.as_dict(private=False, alg="ES256", use="sig", key_ops=["verify"]) for key in self.keys]
        return json.dumps({"keys": entries}).encode()


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


class Signer:
    def __init__(self, published: PublishedKeys, clock: Clock) -> None:
        self._published = published
        self._clock = clock

    def claims(self, **changed: Any) -> dict[str, Any]:
        usual = {
            "iss": ISSUER,
            "aud": "authenticated",
            "exp": int(self._clock()) + 3600,
            "iat": int(self._clock()),
            "sub": "5b3f1d1e-4c5a-4a1e-9d5e-3f0a4b2c1d00",
            "session_id": "0c3d7e55-97a6-4b39-8a4b-1d2e3f405060",
            "role": "authenticated",
            "email": "ada@example.org",
            "is_anonymous": False,
            "user_metadata": {"name": "Ada"},
        }
        return {name: value for name, value in {**usual, **changed}.items() if value is not ...}

    def token(self, key: ECKey | None = None, header: dict[str, Any] | None = None, **changed: Any) -> str:
        """`name=...` (Ellipsis) takes a claim out."""
        key = key or self._published.keys[-1]
        return jwt.encode({"alg": "ES256", "typ": "JWT", "kid": key.kid, **(header or {})}, self.claims(**changed), key)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def published() -> PublishedKeys:
    return PublishedKeys()


@pytest.fixture
def keys(published: PublishedKeys, clock: Clock) -> KeySet:
    return KeySet(published.fetch, clock=clock)


@pytest.fixture
def verifier(keys: KeySet, clock: Clock) -> Verifier:
    return Verifier([Issuer(ISSUER, keys)], clock=clock)


@pytest.fixture
def sign(published: PublishedKeys, clock: Clock) -> Signer:
    return Signer(published, clock)
