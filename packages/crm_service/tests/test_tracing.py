"""With an endpoint set, each request leaves a span under its caller's trace; without one, nothing is loaded."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import aiohttp
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from crm_testkit import eventually, internal_headers

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Any] = []


@pytest.fixture
def collector() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in sent.resource_spans:
                for scope in resource.scope_spans:
                    running.spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        running = Collector(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield running
        server.shutdown()


async def test_a_request_is_a_span_under_its_callers_trace(start: Any, collector: Collector) -> None:
    service = start(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_BSP_SCHEDULE_DELAY="100")
    headers = internal_headers(traceparent=f"00-{TRACE}-{PARENT}-01")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{service.base_url}/api/v1/slow", headers=headers) as answer,
    ):
        assert answer.status == 200

    (span,) = await eventually(lambda: collector.spans)
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    attributes = {entry.key: entry.value for entry in span.attributes}
    assert attributes["http.route"].string_value == "/api/v1/slow"
    assert attributes["http.response.status_code"].int_value == 200
    assert span.span_id.hex() not in ("", PARENT)


def test_without_an_endpoint_the_sdk_is_not_even_imported() -> None:
    code = "import crm_service, sys; print([name for name in sys.modules if name.startswith('opentelemetry')])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"[]"
