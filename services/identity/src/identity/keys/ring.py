"""The keys as this process knows them: read from the database, kept for some seconds, read again for an unknown kid."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from identity.keys.model import VERIFYING, SigningKey, State

RELOAD_AFTER_S = 10.0  # how soon every instance signs with a key that was rotated by command
RELOAD_FOR_UNKNOWN_KID_S = 1.0  # forged kids must not become a query each


class NoSigningKey(RuntimeError):
    """The database has no current key: the first start did not finish, or somebody deleted it."""


class KeyRing:
    def __init__(
        self, load: Callable[[], Awaitable[list[SigningKey]]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load
        self._clock = clock
        self._keys: list[SigningKey] = []
        self._loaded_at = float("-inf")

    @classmethod
    def of(cls, keys: list[SigningKey]) -> "KeyRing":
        """For a command, which has read them already."""

        async def load() -> list[SigningKey]:
            return keys

        return cls(load)

    async def signer(self) -> SigningKey:
        for key in await self._recent(RELOAD_AFTER_S):
            if key.state is State.CURRENT:
                return key
        raise NoSigningKey("there is no current signing key")

    async def verifying(self, kid: UUID) -> SigningKey | None:
        found = _find(await self._recent(RELOAD_AFTER_S), kid)
        return found or _find(await self._recent(RELOAD_FOR_UNKNOWN_KID_S), kid)

    async def key_set(self) -> bytes:
        """The published JWKS: standby, current and previous keys; never a private or symmetric member."""
        keys = [key.public_jwk for key in await self._recent(RELOAD_AFTER_S) if key.state in VERIFYING]
        return msgspec.json.encode({"keys": [jwk for jwk in keys if jwk is not None]})

    async def _recent(self, max_age_s: float) -> list[SigningKey]:
        if self._clock() - self._loaded_at > max_age_s:
            self._keys = await self._load()
            self._loaded_at = self._clock()
        return self._keys


def _find(keys: list[SigningKey], kid: UUID) -> SigningKey | None:
    return next((key for key in keys if key.kid == kid and key.state in VERIFYING), None)
