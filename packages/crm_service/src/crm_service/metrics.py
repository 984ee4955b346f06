"""Prometheus figures of the HTTP side. What packages and services count goes to the same default registry."""

from prometheus_client import Gauge, Histogram

_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)

REQUEST_SECONDS = Histogram(
    "http_request_duration_seconds", "Time from headers to answer", ["method", "route", "status"], buckets=_BUCKETS_S
)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being worked on")
UPSTREAM_SECONDS = Histogram(
    "upstream_request_duration_seconds", "Calls to other services", ["upstream", "outcome"], buckets=_BUCKETS_S
)
BREAKER_OPEN = Gauge("upstream_breaker_open", "1 while calls to this address are not tried", ["upstream"])
TASK_RESTARTS = Gauge(
    "worker_task_restarts", "Times that a worker task ended or failed and was started again", ["task"]
)

_children: dict[tuple[str, str, int], Histogram] = {}


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """`labels()` checks and locks on each call; a dictionary look-up is a tenth of it."""
    key = (method, route, status)
    child = _children.get(key)
    if child is None:
        child = _children[key] = REQUEST_SECONDS.labels(method, route, str(status))
    child.observe(seconds)
