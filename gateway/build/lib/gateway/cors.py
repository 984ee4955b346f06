"""Scripts of other origins: none by default, those that the settings name, never `null`, never `*` (cases R7, S2, S3).

Tokens travel in a header and not in a cookie, so no answer allows credentials.
"""

from collections.abc import Iterable

from gateway.problems import Header

EXPOSED = (
    b"ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Operation-Id, X-Request-Id, X-Sb-Error-Code, "
    b"X-Supabase-Api-Version, X-Total-Count"
)
ALLOWED_METHODS = b"GET, POST, PUT, PATCH, DELETE"
ALLOWED_HEADERS = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, "
    b"X-Workspace-Id, apikey, X-Client-Info, X-Supabase-Api-Version"
)
VARY: Header = (b"vary", b"origin")


class Cors:
    """Knows the origins that are let in; our own is one."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._allowed = {
            origin.encode(): [
                (b"access-control-allow-origin", origin.encode()),
                (b"access-control-expose-headers", EXPOSED),
                VARY,
            ]
            for origin in origins
        }

    def allows(self, origin: bytes) -> bool:
        return origin in self._allowed

    def headers(self, origin: bytes) -> list[Header]:
        """For any answer to a request with this `Origin`, refusals too."""
        return self._allowed.get(origin, [VARY])

    def preflight(self, origin: bytes) -> list[Header]:
        if not self.allows(origin):
            return []
        return [
            (b"access-control-allow-methods", ALLOWED_METHODS),
            (b"access-control-allow-headers", ALLOWED_HEADERS),
            (b"access-control-max-age", b"600"),
        ]
