"""What the claims of a verified access token must say: RFC 7519 and 8725, and what makes it a *user's* token."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crm_auth.errors import InvalidToken

LEEWAY_S = 30
AUDIENCE = "authenticated"
USER_ROLE = "authenticated"

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified user token. `expires_at` is Unix time in seconds; `all` is every claim as it came."""

    user_id: UUID
    session_id: UUID
    issuer: str
    expires_at: float
    email: str
    name: str
    aal: str
    all: Mapping[str, Any]


def check_claims(claims: Mapping[str, Any], *, now: float) -> Claims:
    """Claims of a token whose signature was verified and whose issuer is known; raises InvalidToken."""
    expires_at = _times(claims, now)
    _audience(claims.get("aud"))
    if claims.get("role") != USER_ROLE:
        raise InvalidToken("role is not authenticated")  # anon and service keys are JWTs too, but no users
    if claims.get("is_anonymous"):
        raise InvalidToken("anonymous user")
    return Claims(
        user_id=_uuid(claims, "sub"),
        session_id=_uuid(claims, "session_id"),
        issuer=claims["iss"],
        expires_at=expires_at,
        email=_text(claims.get("email")),
        name=_name(claims),
        aal=_text(claims.get("aal")),
        all=claims,
    )


def _times(claims: Mapping[str, Any], now: float) -> float:
    expires_at = _number(claims, "exp")
    if expires_at <= now - LEEWAY_S:
        raise InvalidToken("expired")
    if _number(claims, "iat") > now + LEEWAY_S:
        raise InvalidToken("issued in the future")
    if "nbf" in claims and _number(claims, "nbf") > now + LEEWAY_S:
        raise InvalidToken("not valid yet")
    return expires_at


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    # bool is an int to Python, not to JSON.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidToken(f"{name} is no number")
    return value


def _audience(value: Any) -> None:
    audiences = value if isinstance(value, list) else [value]
    if AUDIENCE not in audiences:
        raise InvalidToken("aud does not hold authenticated")


def _uuid(claims: Mapping[str, Any], name: str) -> UUID:
    value = claims.get(name)
    if not isinstance(value, str) or not _UUID.match(value):
        raise InvalidToken(f"{name} is no UUID")
    return UUID(value)


def _name(claims: Mapping[str, Any]) -> str:
    metadata = claims.get("user_metadata")
    if not isinstance(metadata, dict):
        return ""
    return _text(metadata.get("name")) or _text(metadata.get("full_name"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
