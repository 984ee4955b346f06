"""What no JWT library checks (PyJWT 2.15 and joserfc 1.8 were tried): is this one token, with one meaning?

Runs before any key is looked for, so that a forged token costs no signature check and no fetch.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from crm_auth import strict_json
from crm_auth.errors import InvalidToken

TOKEN_MAX_BYTES = 8192
KID_MAX_CHARS = 200

# Three non-empty parts of the base64url alphabet: no padding, no newline, no JSON serialisation, no JWE (five parts).
# \Z, not $: $ would let a trailing newline through.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\Z")

# An allowlist: whatever else a header could bring (crit, b64, jwk, jku, x5u, x5c, zip, enc...) asks us to trust the
# token about how to check the token.
_HEADER_MEMBERS = {"alg", "kid", "typ"}


@dataclass(frozen=True, slots=True)
class Parts:
    """A token that reads as exactly one header and one set of claims. Nothing here is verified yet."""

    alg: str
    kid: str | None
    claims: dict[str, Any]


def pre_check(token: str) -> Parts:
    """Take a compact JWS apart, or raise InvalidToken."""
    if len(token) > TOKEN_MAX_BYTES:
        raise InvalidToken("longer than 8 KiB")
    if not _COMPACT.match(token):
        raise InvalidToken("not three base64url parts")
    head, body, signature = token.split(".")
    _decode(signature)
    header = _object(head, "header")
    return Parts(alg=_alg(header), kid=_kid(header), claims=_object(body, "claims"))


def _alg(header: dict[str, Any]) -> str:
    if not header.keys() <= _HEADER_MEMBERS:
        raise InvalidToken("header members beside alg, kid, typ")
    if header.get("typ") != "JWT":
        raise InvalidToken("typ is not JWT")
    alg = header.get("alg")
    if not isinstance(alg, str):
        raise InvalidToken("alg is not text")
    return alg


def _kid(header: dict[str, Any]) -> str | None:
    if "kid" not in header:
        return None
    kid = header["kid"]
    if not isinstance(kid, str) or not 0 < len(kid) <= KID_MAX_CHARS:
        raise InvalidToken("kid is not a short text")
    return kid


def _object(part: str, what: str) -> dict[str, Any]:
    try:
        value = strict_json.loads(_decode(part))
    except ValueError as error:
        raise InvalidToken(f"{what}: {error}") from None
    if not isinstance(value, dict):
        raise InvalidToken(f"{what} is no object")
    return value


def _decode(part: str) -> bytes:
    try:
        data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise InvalidToken("not base64url") from None
    # Spare bits in the last character would give one signature several spellings.
    if urlsafe_b64encode(data).rstrip(b"=") != part.encode():
        raise InvalidToken("spare bits in base64url")
    return data
