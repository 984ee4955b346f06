"""The keys by which our own processes know each other."""

import hmac
from collections.abc import Mapping
from hashlib import sha256


class InternalKeys:
    """Accepted keys per caller; two values for one caller while its key is being rotated."""

    def __init__(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        # Digests have one length, so that a comparison tells nothing about the length of a key either.
        self._digests = {name: tuple(_digest(key) for key in values) for name, values in keys.items()}

    @classmethod
    def parse(cls, text: str) -> "InternalKeys":
        """`gateway=k1,gateway=k0,events=k2`. Raises ValueError without repeating the text: it holds secrets."""
        keys: dict[str, tuple[str, ...]] = {}
        for number, pair in enumerate(filter(None, text.split(",")), start=1):
            name, separator, key = pair.strip().partition("=")
            if not (name and separator and key) or "=" in key:
                raise ValueError(f"internal keys: entry {number} is not of the form name=key")
            keys[name] = (*keys.get(name, ()), key)
        return cls(keys)

    def caller_of(self, name: str, key: str) -> str | None:
        """`name` if `key` is one of its keys, else None; takes as long for a near miss as for a far one."""
        presented = _digest(key)
        matches = [hmac.compare_digest(presented, digest) for digest in self._digests.get(name, (_NO_KEY,))]
        return name if any(matches) and name in self._digests else None


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


_NO_KEY = bytes(32)  # an unknown name costs a comparison too
