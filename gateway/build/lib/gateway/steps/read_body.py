"""Reads a call of the auth protocol whole before it takes a connection, so that a slow client holds none."""

from gateway import body
from gateway.exchange import Exchange
from gateway.settings import Settings


class ReadBody:
    def __init__(self, settings: Settings) -> None:
        self._deadline_s = settings.crm_body_deadline_s

    async def __call__(self, x: Exchange) -> bool:
        x.body = await body.read(x, self._deadline_s)
        return False
