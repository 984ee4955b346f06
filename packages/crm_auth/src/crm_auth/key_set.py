"""An issuer's public keys: fetched, kept, refreshed, and never a lever for whoever sends us tokens.

fresh (10 min) -> used as they are, renewed in the background from 80 % on
stale (24 h)   -> renewed first; used on if the issuer cannot be reached
unknown kid    -> one fetch in 30 s in all, counted from the attempt; what was not found then is remembered
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from crm_auth import strict_json
from crm_auth.errors import InvalidToken, KeysUnavailable

PublicKey = ECKey | RSAKey

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, except the counts. The ten minutes are what Envoy and the auth clients keep a key set for."""

    ttl_s: float = 600
    refresh_at: float = 0.8  # share of ttl_s
    stale_s: float = 86_400
    cooldown_s: float = 30
    cold_cooldown_s: float = 0.25  # nothing was ever fetched and nobody answered: the issuer is starting beside us
    fetch_timeout_s: float = 2
    negative_s: float = 300
    negative_max: int = 128
    body_max_bytes: int = 65_536


@dataclass(frozen=True, slots=True)
class _Loaded:
    keys: dict[str, tuple[str, PublicKey]]
    at: float


class KeySet:
    """`fetch` answers the bytes of a JWKS, or raises whatever it likes. `clock` is monotonic seconds."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[bytes]],
        *,
        timing: Timing | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._timing = timing or Timing()
        self._clock = clock
        self._loaded: _Loaded | None = None
        self._attempt: asyncio.Task[None] | None = None
        self._next_attempt_at = float("-inf")
        self._missing: OrderedDict[str, float] = OrderedDict()  # kid -> until

    async def find(self, kid: str) -> tuple[str, PublicKey]:
        """The algorithm and key named `kid`. InvalidToken: there is no such key. KeysUnavailable: we can't know."""
        await self._renew_if_due()
        if key := self._current().get(kid):
            return key
        if not self._known_missing(kid) and await self._renew():
            if key := self._current().get(kid):
                return key
            self._remember_missing(kid)
        raise InvalidToken("unknown kid")

    async def ping(self) -> None:
        """For readiness: raises KeysUnavailable while no usable key is at hand."""
        await self._renew_if_due()
        self._current()

    def expire(self) -> None:
        """Fetch again before the next use: a key was revoked by command. Not bound to the cooldown."""
        if self._loaded is not None:
            self._loaded = _Loaded(self._loaded.keys, self._clock() - self._timing.ttl_s)
        self._next_attempt_at = float("-inf")

    def _current(self) -> dict[str, tuple[str, PublicKey]]:
        loaded = self._loaded
        if loaded is None or self._clock() - loaded.at > self._timing.stale_s:
            raise KeysUnavailable
        return loaded.keys

    async def _renew_if_due(self) -> None:
        age = float("inf") if self._loaded is None else self._clock() - self._loaded.at
        if age >= self._timing.ttl_s:
            await self._renew()
        elif age >= self._timing.ttl_s * self._timing.refresh_at:
            self._start_attempt()

    async def _renew(self) -> bool:
        """Join the attempt under way or start one; False when the cooldown forbids it."""
        attempt = self._start_attempt()
        if attempt is None:
            return False
        # Shielded: one caller that hangs up must not cancel the fetch that others wait for.
        await asyncio.shield(attempt)
        return True

    def _start_attempt(self) -> asyncio.Task[None] | None:
        if self._attempt is not None and not self._attempt.done():
            return self._attempt
        now = self._clock()
        if now < self._next_attempt_at:
            return None
        self._next_attempt_at = now + self._timing.cooldown_s
        self._attempt = asyncio.create_task(self._load(), name="key-set-fetch")
        return self._attempt

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(self._timing.fetch_timeout_s):
                body = await self._fetch()
        except Exception as error:
            if self._loaded is None:
                self._next_attempt_at = self._clock() + self._timing.cold_cooldown_s
            _log.warning("key set not fetched: %s", type(error).__name__)
            return
        try:
            keys = parse_key_set(body, max_bytes=self._timing.body_max_bytes)
        except ValueError as error:
            _log.warning("key set not usable: %s", error)
            return
        self._loaded = _Loaded(keys, self._clock())

    def _known_missing(self, kid: str) -> bool:
        until = self._missing.get(kid)
        return until is not None and self._clock() < until

    def _remember_missing(self, kid: str) -> None:
        self._missing.pop(kid, None)
        self._missing[kid] = self._clock() + self._timing.negative_s
        while len(self._missing) > self._timing.negative_max:
            self._missing.popitem(last=False)


def parse_key_set(body: bytes, *, max_bytes: int = 65_536) -> dict[str, tuple[str, PublicKey]]:
    """kid -> (alg, key) of the signing keys that we can use. ValueError if there is none: an empty set is an
    accident.
    """
    if len(body) > max_bytes:
        raise ValueError("larger than allowed")
    document = strict_json.loads(body)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("no list of keys")
    keys: dict[str, tuple[str, PublicKey]] = {}
    for entry in entries:
        if (usable := _usable(entry)) is not None:
            kid, alg, key = usable
            keys.setdefault(kid, (alg, key))
    if not keys:
        raise ValueError("no usable key")
    return keys


def _usable(entry: Any) -> tuple[str, str, PublicKey] | None:
    """Public EC P-256 and RSA signing keys with a kid. Others (OKP, oct, encryption) are passed over."""
    if (
        not isinstance(entry, dict)
        or entry.get("use", "sig") != "sig"
        or "verify" not in entry.get("key_ops", ["verify"])
    ):
        return None
    kid, kty = entry.get("kid"), entry.get("kty")
    if not isinstance(kid, str) or not kid:
        return None
    public = {name: value for name, value in entry.items() if name in _PUBLIC_MEMBERS}
    try:
        if kty == "EC" and entry.get("crv") == "P-256" and entry.get("alg", "ES256") == "ES256":
            return kid, "ES256", ECKey.import_key(public)
        if kty == "RSA" and entry.get("alg", "RS256") == "RS256":
            return kid, "RS256", _strong(RSAKey.import_key(public))
    except (JoseError, ValueError, TypeError) as error:
        _log.warning("a key of the set is unusable: %s", type(error).__name__)
    return None


def _strong(key: RSAKey) -> RSAKey:
    if key.raw_value.key_size < 2048:
        raise ValueError("RSA key shorter than 2048 bits")
    return key


_PUBLIC_MEMBERS = {"kty", "kid", "crv", "x", "y", "n", "e"}
