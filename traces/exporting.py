"""How spans leave the process: cleaned, in batches, to one collector, in nobody's way."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import (
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, TraceState
from opentelemetry.util.types import Attributes
from typing_extensions import override

# All that may be told. What an instrumentation learns to tell later stays here until it is read.
_TOLD = {
    "error.type", "db.system", "db.system.name", "db.statement", "db.query.text",
    "http.method", "http.request.method", "http.route",
    "http.status_code", "http.response.status_code",
}  # fmt: skip
_OURS = "rettidig."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Telling:
    """Where spans go, *share* of the traces that begin here, and which process this is."""

    endpoint: str
    share: float
    process: str
    municipality: str
    build_id: str | None = None


@contextmanager
def telling_traces(telling: Telling | None) -> Iterator[TracerProvider | None]:
    """While open, spans leave the process; what waits at the end is sent, or given up soon."""
    if telling is None:
        yield None
        return
    provider = TracerProvider(
        sampler=ParentBased(_Doors(telling.share)), resource=_resource(telling)
    )
    exporter = _exporter(telling.endpoint)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    try:
        yield provider
    finally:
        exporter.hurry()
        provider.shutdown()


def _resource(telling: Telling) -> Resource:
    facts = {
        "service.name": f"rettidig-{telling.process}",
        "service.version": telling.build_id or "",
        "rettidig.municipality": telling.municipality,
    }
    return Resource(facts)


def _exporter(endpoint: str) -> "Cleaned":
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # noqa: TID251 - ours says it once
    return Cleaned(OTLPSpanExporter(endpoint=endpoint, timeout=3))


class _Doors(Sampler):
    """A trace begins where something comes in. A question to the database alone is none."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    @override
    def should_sample(
        self,
        parent_context: context.Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        sampler = self._share if kind in {SpanKind.SERVER, SpanKind.CONSUMER} else _NONE
        return sampler.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    @override
    def get_description(self) -> str:
        return f"Doors{{{self._share.get_description()}}}"


_NONE = TraceIdRatioBased(0)


class Cleaned(SpanExporter):
    """Hands on only what may be told, and says once that nobody takes it."""

    def __init__(self, to: SpanExporter) -> None:
        self._to, self._is_taken, self._is_in_a_hurry = to, True, False

    def hurry(self) -> None:
        """From now on one batch that is not taken is enough: a process that ends waits for no more.

        A collector that hangs costs seconds a batch, and whoever stops us does not wait for long.
        """
        self._is_in_a_hurry = True

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._is_in_a_hurry and not self._is_taken:
            return SpanExportResult.FAILURE
        result = self._to.export([_clean(one) for one in spans])
        is_taken = result is SpanExportResult.SUCCESS
        if self._is_taken and not is_taken:
            _log.warning("traces are not taken; they are given up", spans=len(spans))
        self._is_taken = is_taken
        return result

    @override
    def shutdown(self) -> None:
        self._to.shutdown()


def _clean(one: ReadableSpan) -> ReadableSpan:
    """Without events, links' facts and words of errors, all of which may be about somebody."""
    attributes, context = one.attributes or {}, one.get_span_context()
    return ReadableSpan(
        name=one.name,
        context=context and _where(context),
        parent=one.parent and _where(one.parent),
        resource=one.resource,
        attributes={k: v for k, v in attributes.items() if k in _TOLD or k.startswith(_OURS)},
        kind=one.kind,
        status=Status(one.status.status_code),
        start_time=one.start_time,
        end_time=one.end_time,
        instrumentation_scope=one.instrumentation_scope,
    )


def _where(context: SpanContext) -> SpanContext:
    """Its place in the tree, without the state in which a caller may write what it likes."""
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
