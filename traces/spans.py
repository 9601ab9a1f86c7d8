"""Spans that say what was done and how it ended, never about whom."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from traces.carrying import NUMBER, carried

_tracer = trace.get_tracer("rettidig")


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, **attributes: str) -> Iterator[Span]:
    """Of an error only its kind is told: its words may be about somebody."""
    told = {f"rettidig.{one}": value for one, value in attributes.items()} | _number()
    with _tracer.start_as_current_span(
        name, kind=kind, attributes=told, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            opened.set_status(StatusCode.ERROR)
            opened.set_attribute("error.type", type(error).__name__)
            raise


def moment(name: str, story: str) -> None:
    """A span without length: something was heard."""
    with span(name, story=story):
        pass


def number_current() -> None:
    """Tell the span that is open already whose number it is."""
    trace.get_current_span().set_attributes(_number())


def current_trace() -> str | None:
    """The number of the trace that is under way."""
    found = trace.get_current_span().get_span_context()
    return trace.format_trace_id(found.trace_id) if found.is_valid else None


def _number() -> dict[str, str]:
    number = carried().get(NUMBER)
    return {f"rettidig.{NUMBER}": number} if number else {}
