"""Token buckets: one atomic script in Valkey, on Valkey's clock; a local share of the limit while Valkey is away."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from crm_cache import metrics
from crm_cache.errors import ReplyRefused, ValkeyError
from crm_cache.valkey import Valkey

TIMEOUT_S = 0.02
LOCAL_MAX = 20_000  # buckets remembered while Valkey is away

# level: tokens left at the moment `at` (microseconds of the server's clock). A refusal stores nothing, so that knocking
# does not keep a key alive nor push its refill back. The key goes when the bucket would be full: full and absent are
# the same.
SCRIPT = b"""
local quota, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(kept[1]), tonumber(kept[2])
if level and at then
  level = math.min(quota, level + math.max(0, now - at) * rate / 1000000)
else
  level = quota
end
if cost > level then
  return {0, math.floor(level), math.ceil((cost - level) / rate * 1000)}
end
level = level - cost
local full_ms = math.ceil((quota - level) / rate * 1000)
if full_ms > 0 then
  redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], full_ms)
end
return {1, math.floor(level), full_ms}
"""
_SHA = sha1(SCRIPT, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Policy:
    """quota: tokens of a full bucket. rate: tokens a second. The defaults stand in POLICIES."""

    name: str
    quota: int
    rate: float

    @property
    def window_s(self) -> int:
        """Seconds in which an empty bucket fills: `w` of RateLimit-Policy."""
        return math.ceil(self.quota / self.rate)


USER = Policy("user", 120, 20)
WORKSPACE = Policy("workspace", 600, 100)
ADDRESS = Policy("address", 60, 5)
SIGN_IN = Policy("signin", 30, 0.1)
POLICIES = {policy.name: policy for policy in (USER, WORKSPACE, ADDRESS, SIGN_IN)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """remaining: whole tokens left. reset_s: until the bucket is full, or, refused, until this call would pass.

    retry_after_s: 0 when allowed. degraded: decided by the local share.
    """

    allowed: bool
    remaining: int
    reset_s: float
    retry_after_s: float
    degraded: bool = False


class Buckets:
    """`processes`: among how many the limit is shared while Valkey is away; each then grants its part of burst and
    rate. timeout_s: how long a decision waits for Valkey.
    """

    def __init__(
        self,
        valkey: Valkey,
        *,
        processes: int = 1,
        clock: Callable[[], float] = time.monotonic,
        prefix: str = "rl",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._valkey = valkey
        self._prefix = prefix
        self._timeout_s = timeout_s
        self._local = LocalBuckets(processes, clock)

    async def take(self, policy: Policy, key: str, cost: int = 1) -> Verdict:
        """Take `cost` tokens or none. A cost above the quota needs a full bucket: otherwise it could never pass."""
        cost = min(cost, policy.quota)
        try:
            allowed, remaining, wait_ms = await self._script(policy, key, cost)
        except ValkeyError:
            metrics.DEGRADED.set(1)
            verdict = self._local.take(policy, key, cost)
        else:
            metrics.DEGRADED.set(0)
            self._local.follow(policy, key, remaining)
            wait_s = wait_ms / 1000
            verdict = Verdict(bool(allowed), remaining, wait_s, 0.0 if allowed else wait_s)
        _count(policy.name, verdict.allowed)
        return verdict

    async def _script(self, policy: Policy, key: str, cost: int) -> Any:
        # The hash tag keeps one key in one slot of a cluster, whatever its name.
        arguments = (1, f"{self._prefix}:{{{policy.name}:{key}}}", policy.quota, policy.rate, cost)
        try:
            return await self._valkey.ask("EVALSHA", _SHA, *arguments, timeout_s=self._timeout_s)
        except ReplyRefused as refused:
            if not str(refused).startswith("NOSCRIPT"):
                raise
            return await self._valkey.ask("EVAL", SCRIPT, *arguments, timeout_s=self._timeout_s)


class LocalBuckets:
    """The same arithmetic in this process, on a share of the limit; bounded, the longest unused bucket goes first."""

    def __init__(self, processes: int, clock: Callable[[], float]) -> None:
        self._processes = max(1, processes)
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, policy: Policy, key: str, cost: int) -> Verdict:
        quota, rate = policy.quota / self._processes, policy.rate / self._processes
        cost_here = min(float(cost), quota)
        now = self._clock()
        level, at = self._kept.get((policy.name, key), (quota, now))
        level = min(quota, level + max(0.0, now - at) * rate)
        if cost_here > level:
            wait_s = (cost_here - level) / rate
            return Verdict(False, math.floor(level), wait_s, wait_s, degraded=True)
        level -= cost_here
        self._keep((policy.name, key), level, now)
        return Verdict(True, math.floor(level), (quota - level) / rate, 0.0, degraded=True)

    def follow(self, policy: Policy, key: str, remaining: int) -> None:
        """What the shared bucket holds: where the local one begins, so that one late answer is no fresh burst."""
        self._keep((policy.name, key), min(float(remaining), policy.quota / self._processes), self._clock())

    def _keep(self, name: tuple[str, str], level: float, now: float) -> None:
        self._kept[name] = (level, now)
        self._kept.move_to_end(name)
        if len(self._kept) > LOCAL_MAX:
            self._kept.popitem(last=False)


_counters: dict[tuple[str, bool], Any] = {}


def _count(policy: str, allowed: bool) -> None:
    counter = _counters.get((policy, allowed))
    if counter is None:
        counter = _counters[policy, allowed] = metrics.TAKEN.labels(policy, "allowed" if allowed else "refused")
    counter.inc()
