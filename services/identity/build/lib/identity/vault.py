"""Encryption at rest and keyed hashes, each purpose under a key of its own derived from CRM_SECRET."""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unsealable(Exception):
    """A sealed value was made under another CRM_SECRET, for another purpose, or was damaged."""


class Vault:
    """Seals values with AES-256-GCM and hashes with HMAC-SHA-256; a value sealed for one purpose opens for no other."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._key = lru_cache(maxsize=32)(self._derive)

    def _derive(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"identity/{purpose}".encode()).derive(self._secret)

    def seal(self, purpose: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key(purpose)).encrypt(nonce, plain, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        try:
            return AESGCM(self._key(purpose)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except InvalidTag as error:
            raise Unsealable(f"a sealed {purpose} does not open: was CRM_SECRET changed?") from error

    def mac(self, purpose: str, *parts: str) -> bytes:
        """32 bytes over the parts; the separator cannot occur in them, so ("ab", "c") and ("a", "bc") differ."""
        return hmac.digest(self._key(purpose), "\0".join(parts).encode(), hashlib.sha256)


def fingerprint(secret: str) -> bytes:
    """SHA-256 of a random secret (invitation, API token, auth code): enough entropy to need no key and no salt."""
    return hashlib.sha256(secret.encode()).digest()
