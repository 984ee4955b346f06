"""The RateLimit headers, draft-ietf-httpapi-ratelimit-headers-10, as RFC 9651 structured fields.

The one place that writes them: the draft is not finished.
"""

import math
from collections.abc import Sequence

from crm_cache.buckets import Policy, Verdict

QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"


def rate_limit_headers(taken: Sequence[tuple[Policy, Verdict]]) -> dict[str, str]:
    """`RateLimit-Policy: "user";q=120;w=6` and `RateLimit: "user";r=119;t=1`; refused: also `Retry-After`, whole
    seconds.

    `t` is the seconds until the bucket is full, or, for the bucket that refused, until the call would pass.
    """
    headers = {
        "RateLimit-Policy": ", ".join(f'"{policy.name}";q={policy.quota};w={policy.window_s}' for policy, _ in taken),
        "RateLimit": ", ".join(
            f'"{policy.name}";r={verdict.remaining};t={math.ceil(verdict.reset_s)}' for policy, verdict in taken
        ),
    }
    waits = [verdict.retry_after_s for _, verdict in taken if not verdict.allowed]
    if waits:
        headers["Retry-After"] = str(max(1, math.ceil(max(waits))))
    return headers


def violated_policies(taken: Sequence[tuple[Policy, Verdict]]) -> list[str]:
    """For the problem's `violated-policies`."""
    return [policy.name for policy, verdict in taken if not verdict.allowed]
