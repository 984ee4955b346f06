"""Cache-aside and token buckets on Valkey, with stated behaviour when it is away."""

from crm_cache.buckets import ADDRESS, POLICIES, SIGN_IN, USER, WORKSPACE, Buckets, LocalBuckets, Policy, Verdict
from crm_cache.cache import Cache
from crm_cache.errors import ReplyRefused, ValkeyDown, ValkeyError
from crm_cache.headers import QUOTA_EXCEEDED, rate_limit_headers, violated_policies
from crm_cache.valkey import Valkey

__all__ = [
    "ADDRESS",
    "POLICIES",
    "QUOTA_EXCEEDED",
    "SIGN_IN",
    "USER",
    "WORKSPACE",
    "Buckets",
    "Cache",
    "LocalBuckets",
    "Policy",
    "ReplyRefused",
    "Valkey",
    "ValkeyDown",
    "ValkeyError",
    "Verdict",
    "rate_limit_headers",
    "violated_policies",
]
