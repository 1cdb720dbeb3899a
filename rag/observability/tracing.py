"""Questions as OpenTelemetry traces, sent to the collector in the settings: spans for each and its stages.

Without an endpoint nothing of it is imported, no thread is started and nothing is sent, whatever variables
say. Spans have the question's id and how it ended; no word of it. Knows the exporter; no question.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag.observability.question_run import QuestionRun, Stage

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace.export import SpanExporter

_SECONDS_TO_SEND = 3.0
_SERVICE = "sourcier"


class Traces:
    """Makes spans of what has been recorded of a question that has ended; they are sent in the background."""

    def __init__(self, exporter: SpanExporter) -> None:
        from opentelemetry.metrics import NoOpMeterProvider
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ALWAYS_ON

        # All that variables would say otherwise: who is told what is in the settings alone.
        silent = NoOpMeterProvider()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource({"service.name": _SERVICE}),
            shutdown_on_exit=False,
            meter_provider=silent,
        )
        self._processor = BatchSpanProcessor(exporter, meter_provider=silent)
        self._provider.add_span_processor(self._processor)
        self._tracer = self._provider.get_tracer(_SERVICE)

    def ended(self, run: QuestionRun) -> None:
        """Make a question's spans."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Status, StatusCode, set_span_in_context

        attributes = {
            "sourcier.request_id": run.request_id,
            "sourcier.outcome": run.outcome,
            "sourcier.cached": run.is_cached,
        }
        span = self._tracer.start_span(
            "question", Context(), attributes=attributes, start_time=_nanoseconds(run, run.begun)
        )
        if run.outcome == "failed":
            span.set_status(Status(StatusCode.ERROR))
        within = set_span_in_context(span, Context())
        outer = [stage for stage in run.stages if not stage.within]
        inner = [stage for stage in run.stages if stage.within]
        for stage in outer:
            parts = [part for part in inner if part.within == stage.name]
            self._stage(run, stage, parts, within)
        known = {stage.name for stage in outer}
        for part in inner:  # of a stage that never ended
            if part.within not in known:
                self._stage(run, part, (), within)
        span.end(_nanoseconds(run, run.ended))

    def _stage(self, run: QuestionRun, stage: Stage, parts: Iterable[Stage], within: Context) -> None:
        from opentelemetry.trace import set_span_in_context

        attributes = {"sourcier.request_id": run.request_id}
        span = self._tracer.start_span(
            stage.name, within, attributes=attributes, start_time=_nanoseconds(run, stage.begun)
        )
        for part in parts:
            self._stage(run, part, (), set_span_in_context(span, within))
        span.end(_nanoseconds(run, stage.ended))

    def close(self) -> None:
        """Send what is left, for some seconds at most."""
        self._processor.force_flush(int(_SECONDS_TO_SEND * 1000))
        self._provider.shutdown()


def traces_to(endpoint: str) -> Traces:
    """Return what sends traces to an OTLP collector (gRPC), at `http://host:4317` or with `https`."""
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.metrics import NoOpMeterProvider

    exporter = OTLPSpanExporter(
        endpoint=endpoint,
        insecure=endpoint.startswith("http://"),
        timeout=_SECONDS_TO_SEND,
        meter_provider=NoOpMeterProvider(),
    )
    return Traces(exporter)


def _nanoseconds(run: QuestionRun, moment: float) -> int:
    """Return a reading of the clock that measures as the time of day."""
    return int((run.at + moment - run.begun) * 1e9)
