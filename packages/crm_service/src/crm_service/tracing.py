"""Spans: none by default, OpenTelemetry when an endpoint is set. The trace itself is continued in both cases."""

from collections.abc import Callable
from typing import Any, Protocol

from crm_service.context import RequestContext
from crm_service.trace import continue_trace

EndSpan = Callable[[RequestContext, str], None]


class Tracing(Protocol):
    def start(self, name: str, traceparent: str | None) -> tuple[str, EndSpan | None]:
        """The traceparent for the work to come, and what to call when it is done."""

    def close(self) -> None:
        """Send what is still held back."""


class NoSpans:
    """Continues the trace at the cost of a random number."""

    def start(self, name: str, traceparent: str | None) -> tuple[str, EndSpan | None]:
        return continue_trace(traceparent), None

    def close(self) -> None:
        """Nothing is held back."""


class OpenTelemetrySpans:
    """A server span a request, exported over OTLP/HTTP in batches from a thread of the SDK's own."""

    def __init__(self, service: str, endpoint: str) -> None:
        # Imported here: the SDK costs memory and start time that an installation without a collector should not pay.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = TracerProvider(resource=Resource.create({"service.name": service}))
        self._provider.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces"))
        )
        self._tracer = self._provider.get_tracer("crm_service")
        self._propagator = TraceContextTextMapPropagator()
        self._kind = SpanKind.SERVER

    def start(self, name: str, traceparent: str | None) -> tuple[str, EndSpan | None]:
        parent = self._propagator.extract({"traceparent": traceparent} if traceparent else {})
        span = self._tracer.start_span(name, context=parent, kind=self._kind)
        own = span.get_span_context()
        return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}", _end(span)

    def close(self) -> None:
        self._provider.shutdown()


def _end(span: Any) -> EndSpan:
    def end(context: RequestContext, route: str) -> None:
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", context.status)
        span.set_attribute("crm.request_id", context.request_id)
        span.end()

    return end


def tracing_for(service: str, endpoint: str) -> Tracing:
    return OpenTelemetrySpans(service, endpoint) if endpoint else NoSpans()
