"""
AuthError
├── InvalidToken      401  the token is not one of ours, or no longer
└── KeysUnavailable   503  the issuer's keys could not be fetched yet: nobody can be told apart

`status`, `code` and `detail` are what crm_service and the gateway render as problem+json.
"""

from collections.abc import Mapping


class AuthError(Exception):
    """Base of what this package refuses with."""

    status: int
    code: str
    detail: str
    headers: Mapping[str, str] = {}
    retry_after_s: float | None = None


class InvalidToken(AuthError):
    """One answer for every kind of forgery. `reason` is for our log: the caller must not learn how close it came."""

    status = 401
    code = "invalid_token"
    detail = "The access token is missing, malformed, expired or not one of ours."
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(AuthError):
    """No key of the issuer was ever fetched, or the last good set is older than a day."""

    status = 503
    code = "keys_unavailable"
    detail = "Sign-in is being reached; try again in a moment."
    retry_after_s: float | None = 1.0
