"""Calls to the services. `Service.call(Call(...)) -> Reply`, or one of the errors of `errors.py`."""

from gateway.upstream.errors import Broken, ConnectFailed, Saturated, TimedOut, Unavailable, UpstreamError
from gateway.upstream.service import Call, Reply, Service

__all__ = [
    "Broken",
    "Call",
    "ConnectFailed",
    "Reply",
    "Saturated",
    "Service",
    "TimedOut",
    "Unavailable",
    "UpstreamError",
]
