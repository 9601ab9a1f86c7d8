"""The number of what somebody did, handed on with everything that follows from it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

NUMBER, TRACE = "correlation_id", "trace"
"""The number's name in log lines; and the name under which a message carries it along."""

PARENT = "traceparent"
_W3C = TraceContextTextMapPropagator()
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def carried() -> dict[str, str]:
    """What a message must bear for the next process to go on with; nothing where nobody acted."""
    number = structlog.contextvars.get_contextvars().get(NUMBER)
    if number is None:
        return {}
    context_of_w3c: dict[str, str] = {}
    _W3C.inject(context_of_w3c)  # also its tracestate, in which a caller may write what it likes
    return {NUMBER: number} | {k: v for k, v in context_of_w3c.items() if k == PARENT}


def carrying(facts: Mapping[str, Any]) -> dict[str, Any]:
    """*facts*, and beside them what led to them."""
    carrier = carried()
    return {**facts, TRACE: carrier} if carrier else dict(facts)


def trace_of(traceparent: str) -> str | None:
    """The trace a caller is in, of W3C's header; None when that is not what it says."""
    found = _TRACEPARENT.fullmatch(traceparent)
    return found and found[1]


@contextmanager
def resumed(carrier: Mapping[str, str] | None) -> Iterator[None]:
    """Inside, lines of the log and spans belong to what *carrier* came from."""
    if not carrier:
        yield
        return
    token = context.attach(_W3C.extract(carrier))
    try:
        with structlog.contextvars.bound_contextvars(**{NUMBER: carrier[NUMBER]}):
            yield
    finally:
        context.detach(token)
