"""Names the request: its id, its trace, its client, and the time that it has."""

import os
import re

from gateway.addresses import client_address
from gateway.exchange import Exchange
from gateway.settings import Settings
from gateway.tracing import Tracing

WELL_FORMED = re.compile(rb"[A-Za-z0-9._:@/+=-]{1,128}")


class RequestId:
    def __init__(self, settings: Settings, tracing: Tracing) -> None:
        self._trusted = settings.trusted_proxies
        self._deadline_s = settings.crm_deadline_s
        self._tracing = tracing

    async def __call__(self, x: Exchange) -> bool:
        given = x.headers.get(b"x-request-id")
        x.request_id = given.decode() if given is not None and WELL_FORMED.fullmatch(given) else new_request_id()
        x.traceparent, x.end_span = self._tracing.begin(x.headers.get(b"traceparent"))
        peer = x.scope["client"]
        x.client_ip = client_address(peer[0] if peer else "", x.headers, self._trusted)
        x.deadline = x.started + self._deadline_s
        x.answer_headers.append((b"x-request-id", x.request_id.encode()))
        return False


def new_request_id() -> str:
    return os.urandom(16).hex()
