"""Takes the price of the call from the caller's bucket, then from the workspace's; the address pays for the anonymous.

Runs even when an earlier step refused the request: that costs too, and the refusal carries the bucket's state (api.md,
Limits).
"""

from crm_cache import Policy, rate_limit_headers
from gateway.addresses import bucket_address
from gateway.exchange import Exchange
from gateway.limits import Limits, Taking, exceeded


class RateLimit:
    """`buckets` None: limits are switched off."""

    def __init__(self, buckets: Taking | None, limits: Limits) -> None:
        self._buckets = buckets
        self._limits = limits

    async def __call__(self, x: Exchange) -> bool:
        if self._buckets is not None:
            await self._pay(x, self._buckets)
        if x.refusal is not None:
            raise x.refusal
        return False

    async def _pay(self, x: Exchange, buckets: Taking) -> None:
        cost = x.route.cost if x.route is not None and x.refusal is None else 1
        own, key = self._own(x)
        verdict = await buckets.take(own, key, cost)
        policy = own
        if verdict.allowed and x.member is not None:
            shared = await buckets.take(self._limits.workspace, x.member.workspace_id, cost)
            if not shared.allowed:
                policy, verdict = self._limits.workspace, shared
        for name, value in rate_limit_headers([(policy, verdict)]).items():
            if name != "Retry-After":  # goes out with the refusal
                x.answer_headers.append((name.lower().encode(), value.encode()))
        if not verdict.allowed:
            raise exceeded(policy, verdict)

    def _own(self, x: Exchange) -> tuple[Policy, str]:
        if x.claims is None:
            return self._limits.address, bucket_address(x.client_ip)
        return self._limits.user, str(x.claims.user_id)
