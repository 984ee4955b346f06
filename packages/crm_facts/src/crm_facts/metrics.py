"""Counters and gauges of relay and consumers, in Prometheus' default registry."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

outbox_unsent = Gauge("outbox_unsent", "Facts that wait to be sent.", ["service"])
outbox_oldest_s = Gauge("outbox_oldest_seconds", "Age of the oldest fact that waits to be sent.", ["service"])
relay_published = Counter("relay_published_total", "Facts that the broker acknowledged.", ["service"])
relay_errors = Counter("relay_errors_total", "Times that the relay had to begin again.", ["service", "error"])
relay_leads = Gauge("relay_leads", "1 in the process whose relay sends the service's facts.", ["service"])
consumer_handled = Counter("consumer_handled_total", "Facts handled.", ["consumer"])
consumer_failed = Counter("consumer_failed_total", "Handlers that raised an error of their own.", ["consumer"])
consumer_waits = Counter(
    "consumer_waits_total", "Times that a consumer waited for a server to come back.", ["consumer"]
)
consumer_lag_s = Histogram(
    "consumer_lag_seconds",
    "From the change to the end of its handling.",
    ["consumer"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
parked = Counter("parked_total", "Facts that a consumer gave up on.", ["consumer"])
