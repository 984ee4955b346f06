"""Item: traces by OpenTelemetry when an endpoint is set, to a real collector's door."""

from collections.abc import Callable

import httpx2 as httpx
from aiohttp import web
from service import Service, running

from crm_testkit import Running, Tokens

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


async def test_spans_of_the_callers_trace_are_sent_to_the_collector(
    start_gateway: Callable[..., Running], upstream: Service, tokens: Tokens, signed_in: dict[str, str]
) -> None:
    with running(tokens) as collector:

        @collector.on("POST", "/v1/traces")
        async def received(_request: web.Request) -> web.Response:
            return web.Response()

        gateway = start_gateway(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        async with httpx.AsyncClient(base_url=gateway.base_url) as client:
            headers = {**signed_in, "traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
            await client.get("/api/v1/contacts", headers=headers)
        assert gateway.stop() == 0  # what is held back is sent before the end
        sent = b"".join(seen.body for seen in collector.seen)
    own_span = bytes.fromhex(upstream.seen[0].values("traceparent")[0].split("-")[2])
    assert bytes.fromhex(TRACE_ID) in sent
    assert own_span in sent
    assert b"GET /api/v1/contacts" in sent
