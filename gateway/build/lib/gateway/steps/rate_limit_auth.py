"""The buckets of the auth protocol: per address and kind of call, per session for a refresh (auth-protocol.md 9)."""

from gateway.exchange import AUTH, Exchange
from gateway.limits import Limits, Taking, auth_bucket, exceeded


class RateLimitAuth:
    def __init__(self, buckets: Taking | None, limits: Limits) -> None:
        self._buckets = buckets
        self._limits = limits

    async def __call__(self, x: Exchange) -> bool:
        if self._buckets is None:
            return False
        policy, key = auth_bucket(x, x.path[len(AUTH) - 1 :], self._limits)
        verdict = await self._buckets.take(policy, key)
        if not verdict.allowed:
            raise exceeded(policy, verdict)
        return False
