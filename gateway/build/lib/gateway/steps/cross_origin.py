"""Lets scripts of known origins in, answers their preflights, keeps other sites from acting in a user's name."""

from gateway.cors import Cors
from gateway.exchange import Exchange
from gateway.problems import Refused

SAFE = ("GET", "HEAD", "OPTIONS")


class CrossOrigin:
    def __init__(self, cors: Cors) -> None:
        self._cors = cors

    async def __call__(self, x: Exchange) -> bool:
        origin = x.headers.get(b"origin")
        if origin is None:
            if x.method not in SAFE and x.headers.get(b"sec-fetch-site") == b"cross-site":
                raise _cross_site()
            return False
        x.answer_headers.extend(self._cors.headers(origin))
        if x.method == "OPTIONS" and b"access-control-request-method" in x.headers:
            await x.answer(204, self._cors.preflight(origin), b"")
            return True
        if x.method not in SAFE and x.headers.get(b"sec-fetch-site") == b"cross-site" and not self._cors.allows(origin):
            raise _cross_site()
        return False


def _cross_site() -> Refused:
    return Refused(403, "cross_site", "Pages of other sites may not change anything here.")
