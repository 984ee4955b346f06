"""The steps that a request passes, one class and one job each. `pipeline.py` has their order.

A step is called with the exchange. It returns False to let the request go on and True when it has answered it; it
raises `Refused` to end it.
"""

from typing import Protocol

from gateway.exchange import Exchange


class Step(Protocol):
    async def __call__(self, x: Exchange) -> bool: ...
