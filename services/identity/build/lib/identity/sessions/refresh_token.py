"""The refresh token's form. No token is stored: a session keeps a sealed random key and a counter, nothing else.

base64url, unpadded, of:
    version 0 (1 byte) | session id (16) | counter (varint, LEB128) | HMAC-SHA-256 over all before, first 16 bytes
    | SHA-256 over all before, first 4 bytes: a checksum that tells a mistyped token from a forged one without the key
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

VERSION = 0
SIGNATURE_BYTES = 16
CHECKSUM_BYTES = 4
COUNTER_MAX = 2**63 - 1  # bigint
KEY_BYTES = 32


class Malformed(ValueError):
    """Not of the form above: cut, mistyped, or something else altogether."""


@dataclass(frozen=True)
class Presented:
    """A well-formed token whose signature is yet to be checked with the key of its session."""

    session_id: UUID
    counter: int
    signed: bytes
    signature: bytes

    def is_genuine(self, key: bytes) -> bool:
        return hmac.compare_digest(self.signature, _signature(key, self.signed))


def make(key: bytes, session_id: UUID, counter: int) -> str:
    signed = bytes([VERSION]) + session_id.bytes + _varint(counter)
    unchecked = signed + _signature(key, signed)
    return base64.urlsafe_b64encode(unchecked + _checksum(unchecked)).rstrip(b"=").decode()


def parse(token: str) -> Presented:
    """Raises Malformed, for a second spelling of a good token too (padding, spare bits, a longer varint)."""
    raw = _decode(token)
    if len(raw) < 1 + 16 + 1 + SIGNATURE_BYTES + CHECKSUM_BYTES or raw[0] != VERSION:
        raise Malformed
    unchecked, checksum = raw[:-CHECKSUM_BYTES], raw[-CHECKSUM_BYTES:]
    if _checksum(unchecked) != checksum:
        raise Malformed
    signed, signature = unchecked[:-SIGNATURE_BYTES], unchecked[-SIGNATURE_BYTES:]
    return Presented(UUID(bytes=signed[1:17]), _read_varint(signed[17:]), signed, signature)


def _decode(token: str) -> bytes:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed from error
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise Malformed
    return raw


def _varint(number: int) -> bytes:
    groups = bytearray()
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def _read_varint(raw: bytes) -> int:
    number = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(raw))
    if number > COUNTER_MAX or _varint(number) != raw:
        raise Malformed
    return number


def _signature(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, hashlib.sha256)[:SIGNATURE_BYTES]


def _checksum(unchecked: bytes) -> bytes:
    return hashlib.sha256(unchecked).digest()[:CHECKSUM_BYTES]
