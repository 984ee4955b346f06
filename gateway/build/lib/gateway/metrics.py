"""What operators watch, served on an internal port of its own."""

import time

from prometheus_client import Counter, Gauge, Histogram

from gateway.exchange import Exchange

DURATION = Histogram(
    "gateway_request_seconds",
    "Requests by route template and class of status.",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
MEMBERSHIP = Counter("gateway_membership", "Memberships by where they came from: memory, identity.", ["source"])
BREAKER = Gauge("upstream_breaker_state", "0 closed, 1 half-open, 2 open.", ["service", "instance"])
IN_FLIGHT = Gauge("upstream_in_flight", "Calls under way.", ["service"])
STREAMS = Gauge("gateway_streams", "Browsers that listen to the live stream.")
FACTS_SEEN = Counter("gateway_facts", "Facts heard from the broker.")

_children: dict[tuple[str, str, int], Histogram] = {}


def observe(x: Exchange) -> None:
    route = x.route.template if x.route is not None else _unrouted(x)
    key = (x.method, route, x.status // 100)
    child = _children.get(key)
    if child is None:
        child = _children[key] = DURATION.labels(x.method, route, f"{key[2]}xx")
    child.observe(time.monotonic() - x.started)


def _unrouted(x: Exchange) -> str:
    """Never the path itself: whoever scans us would make a series of each."""
    if x.below_auth:
        return "/auth/v1/*"
    return "/api/*" if x.below_api else "/*"
