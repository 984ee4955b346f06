"""Which bucket a call is taken from, and how a refusal is told."""

import hashlib
import math
import time
from dataclasses import dataclass
from typing import Protocol

import msgspec

from crm_cache import QUOTA_EXCEEDED, LocalBuckets, Policy, Verdict
from gateway.addresses import bucket_address
from gateway.exchange import Exchange
from gateway.problems import Refused
from gateway.settings import BucketSetting, Settings

# A refresh token begins with its session (auth-protocol.md 5.3): so many characters name it, whatever its counter.
SESSION_PREFIX_CHARS = 22


class Taking(Protocol):
    """Shared buckets in Valkey, or those of this process alone."""

    async def take(self, policy: Policy, key: str, cost: int = 1) -> Verdict: ...


class OwnBuckets:
    """Where no Valkey is configured: each gateway has its share of every limit."""

    def __init__(self, gateways: int) -> None:
        self._local = LocalBuckets(gateways, time.monotonic)

    async def take(self, policy: Policy, key: str, cost: int = 1) -> Verdict:
        return self._local.take(policy, key, min(cost, policy.quota))


@dataclass(frozen=True)
class Limits:
    user: Policy
    workspace: Policy
    address: Policy
    signin: Policy
    refresh: Policy
    factor: Policy

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            user=_policy("user", settings.crm_bucket_user),
            workspace=_policy("workspace", settings.crm_bucket_workspace),
            address=_policy("address", settings.crm_bucket_address),
            signin=_policy("signin", settings.crm_bucket_signin),
            refresh=_policy("signin", settings.crm_bucket_refresh),
            factor=_policy("signin", settings.crm_bucket_factor),
        )


def _policy(name: str, setting: BucketSetting) -> Policy:
    return Policy(name, setting.burst, setting.per_s)


def exceeded(policy: Policy, verdict: Verdict) -> Refused:
    retry_after_s = max(1, math.ceil(verdict.retry_after_s))
    return Refused(
        429,
        "quota_exceeded",
        f"Too many requests; the next one is let through in {retry_after_s} s.",
        type=QUOTA_EXCEEDED,
        members={"violated-policies": [policy.name]},
        retry_after_s=retry_after_s,
    )


# auth-protocol.md section 9. What is not listed is taken from the address's bucket.
SIGNIN_PATHS = frozenset(("/signup", "/otp", "/magiclink", "/recover", "/resend", "/verify", "/sso", "/token"))


def auth_bucket(x: Exchange, path: str, limits: Limits) -> tuple[Policy, str]:
    """The policy for a call of the auth protocol, and the key of its bucket; `path` is below /auth/v1."""
    address = bucket_address(x.client_ip)
    if path == "/token" and b"grant_type=refresh_token" in x.query:
        return limits.refresh, f"refresh:{_session(x)}"
    if path in SIGNIN_PATHS:
        grant = ":password" if path == "/token" and b"grant_type=password" in x.query else ""
        return limits.signin, f"{path[1:]}{grant}:{address}"
    if path == "/user" and x.method == "PUT":
        return limits.signin, f"user:{address}"
    if path.startswith("/factors/"):
        return limits.factor, f"{path.rpartition('/')[2]}:{address}"
    return limits.address, address


def _session(x: Exchange) -> str:
    """The session that is refreshed, not the address: an office shares one. What names no session pays by address."""
    try:
        token = msgspec.json.decode(x.body or b"", type=_Refresh).refresh_token or ""
    except msgspec.MsgspecError:
        token = ""
    if len(token) < SESSION_PREFIX_CHARS:
        return bucket_address(x.client_ip)
    return hashlib.sha256(token[:SESSION_PREFIX_CHARS].encode()).hexdigest()[:32]


class _Refresh(msgspec.Struct):
    refresh_token: str | None = None
