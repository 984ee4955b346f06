"""Names the request: its id, its trace, its client, and the time that it has."""

import os
import re

from gateway.addresses import client_address
from gateway.exchange import Exchange
from gateway.settings import Settings

WELL_FORMED = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")
# W3C Trace Context: version, trace id, parent id, flags; neither id may be all zeros.
TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")


class RequestId:
    def __init__(self, settings: Settings) -> None:
        self._trusted = settings.trusted_proxies
        self._deadline_s = settings.crm_deadline_s

    async def __call__(self, x: Exchange) -> bool:
        given = x.headers.get(b"x-request-id")
        x.request_id = given.decode() if given is not None and WELL_FORMED.fullmatch(given) else new_request_id()
        x.traceparent = continued(x.headers.get(b"traceparent"))
        peer = x.scope["client"]
        x.client_ip = client_address(peer[0] if peer else "", x.headers, self._trusted)
        x.deadline = x.started + self._deadline_s
        x.answer_headers.append((b"x-request-id", x.request_id.encode()))
        return False


def new_request_id() -> str:
    return os.urandom(16).hex()


def continued(traceparent: bytes | None) -> str:
    """The caller's trace with a new span, or a new trace when theirs is absent or malformed."""
    match = TRACEPARENT.fullmatch(traceparent) if traceparent is not None else None
    if match is None:
        return f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-01"
    return f"00-{match[1].decode()}-{os.urandom(8).hex()}-{match[2].decode()}"
