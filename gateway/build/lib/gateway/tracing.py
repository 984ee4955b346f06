"""The caller's trace is continued always; spans are sent when an OpenTelemetry endpoint is set."""

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from gateway.exchange import Exchange

EndSpan = Callable[["Exchange"], None]

# W3C Trace Context: version, trace id, parent id, flags; neither id may be all zeros.
TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")


class Tracing(Protocol):
    def begin(self, traceparent: bytes | None) -> tuple[str, EndSpan | None]:
        """The traceparent for what is called from here, and what to call when the request is over."""

    def close(self) -> None:
        """Sends what is still held back."""


class NoSpans:
    """Costs some random bytes a request."""

    def begin(self, traceparent: bytes | None) -> tuple[str, EndSpan | None]:
        match = TRACEPARENT.fullmatch(traceparent) if traceparent is not None else None
        if match is None:
            ids = os.urandom(24).hex()
            return f"00-{ids[:32]}-{ids[32:]}-01", None
        return f"00-{match[1].decode()}-{os.urandom(8).hex()}-{match[2].decode()}", None

    def close(self) -> None:
        """Nothing is held back."""


class Spans:
    """A server span a request, sent over OTLP/HTTP in batches from a thread of the SDK's own."""

    def __init__(self, endpoint: str) -> None:
        # Imported here: memory and start time that an installation without a collector should not pay for.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = TracerProvider(resource=Resource.create({"service.name": "gateway"}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
        self._tracer = self._provider.get_tracer("gateway")
        self._propagator = TraceContextTextMapPropagator()
        self._kind = SpanKind.SERVER

    def begin(self, traceparent: bytes | None) -> tuple[str, EndSpan | None]:
        carrier = {"traceparent": traceparent.decode("latin-1")} if traceparent else {}
        span = self._tracer.start_span("request", context=self._propagator.extract(carrier), kind=self._kind)
        own = span.get_span_context()
        return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}", _ending(span)

    def close(self) -> None:
        self._provider.shutdown()


def _ending(span: "Span") -> EndSpan:
    def end(x: "Exchange") -> None:
        route = x.route.template if x.route is not None else ""
        span.update_name(f"{x.method} {route}".strip())
        span.set_attribute("http.request.method", x.method)
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", x.status)
        span.set_attribute("crm.request_id", x.request_id)
        span.end()

    return end


def tracing_to(endpoint: str) -> Tracing:
    """`endpoint`: base URL of an OTLP/HTTP collector, or empty."""
    return Spans(endpoint) if endpoint else NoSpans()
