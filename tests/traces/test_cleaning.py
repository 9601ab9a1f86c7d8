"""What leaves the process in a span, whatever an instrumentation or an error has put into it."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.correlation import _number as number_of
from traces.exporting import Cleaned

PERSON = "Karla Prøvesen 300360-0001"


def test_nothing_of_a_person_leaves_in_attributes_events_links_or_words_of_errors():
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Cleaned(kept)))
    tracer = provider.get_tracer("test")
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
