"""Refuses a body that says of itself that it is too large, before a byte of it is read (case G2)."""

from gateway import problems
from gateway.exchange import Exchange
from gateway.settings import Settings

BODYLESS = ("GET", "HEAD", "DELETE", "OPTIONS")


class BodyLimit:
    """What does not say its size is counted where it is read: `gateway.body`."""

    def __init__(self, settings: Settings) -> None:
        self._default = settings.crm_body_max_bytes

    async def __call__(self, x: Exchange) -> bool:
        limit = self._default
        if x.route is not None and x.route.body_max_bytes is not None:
            limit = x.route.body_max_bytes
        x.body_max_bytes = limit
        length = x.headers.get(b"content-length")
        if length is not None and int(length) > limit:
            raise problems.too_large(limit)
        return False
