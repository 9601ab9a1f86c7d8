"""What leaves the process in a span, whatever an instrumentation or an error has put into it."""

from types import SimpleNamespace

import pytest
import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.propagate import extract
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api import correlation
from api.correlation import _number as number_of
from cli.log_masking import masked
from traces.carrying import carried
from traces.exporting import Cleaned

PERSON = "Karla Prøvesen 300360-0001"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
MASKED = "105abde7202848688e0c10a4143347dd"
"""Ten digits of it could be a CPR number; about one number in three hundred is like that."""


def telling():
    """A tracer, and what has left of its spans."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Cleaned(kept)))
    return provider.get_tracer("test"), kept


def test_nothing_of_a_person_leaves_in_attributes_events_links_or_words_of_errors():
    tracer, kept = telling()
    facts = {"url.full": PERSON, "http.target": PERSON, "http.route": "/claims"}
    with pytest.raises(ValueError, match="Karla"):
        stumble(tracer, facts)
    (left,) = kept.get_finished_spans()
    assert "Karla" not in left.to_json(indent=None)
    assert dict(left.attributes) == {"http.route": "/claims"}
    assert left.status.status_code.name == "ERROR"


def stumble(tracer, facts):
    with tracer.start_as_current_span("POST /claims", attributes=facts) as span:
        span.add_event(PERSON, {"who": PERSON})
        raise ValueError(PERSON)


@pytest.mark.parametrize("wish", ["300360-0001", "3003600001", "sag.3003600001"])
def test_a_number_that_looks_like_a_persons_is_not_taken_for_an_act(wish):
    assert number_of({"X-Correlation-Id": wish}) != wish


@pytest.mark.parametrize("given", ["", "00-1-2-3", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
def test_a_trace_that_is_none_is_not_taken(given):
    assert len(number_of({"traceparent": given})) == 32
    assert number_of({"traceparent": given}) != "0" * 32


def test_what_a_caller_writes_into_the_state_of_a_trace_neither_leaves_nor_goes_along():
    tracer, kept = telling()
    parent = f"00-{TRACE}-00f067aa0ba902b7-01"
    caller = extract({"traceparent": parent, "tracestate": "sag=Karla-300360-0001"})
    with (
        structlog.contextvars.bound_contextvars(correlation_id="n"),
        tracer.start_as_current_span("POST /claims", context=caller),
    ):
        carrier = carried()
    assert carrier.keys() == {"correlation_id", "traceparent"}
    assert carrier["traceparent"].split("-")[1] == TRACE
    left = encode_spans(kept.get_finished_spans()).SerializeToString()
    assert bytes.fromhex(TRACE) in left
    assert b"Karla" not in left


def test_a_number_that_the_logs_would_mask_is_given_to_nobody(monkeypatch):
    born = iter([MASKED, TRACE])
    monkeypatch.setattr(correlation.uuid, "uuid4", lambda: SimpleNamespace(hex=next(born)))
    assert masked(MASKED) != MASKED
    assert number_of({"traceparent": f"00-{MASKED}-00f067aa0ba902b7-01"}) == TRACE


class Refusing(SpanExporter):
    def __init__(self):
        self.asked = 0

    def export(self, spans):
        self.asked += 1
        return SpanExportResult.FAILURE


def test_a_process_that_ends_offers_a_collector_that_takes_nothing_no_more_than_one_batch():
    refusing = Refusing()
    cleaned = Cleaned(refusing)
    cleaned.hurry()
    for _ in range(3):
        assert cleaned.export([]) is SpanExportResult.FAILURE
    assert refusing.asked == 1
