"""Each call to the outside: a span, and a line in the log when somebody's act led to it."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import getmembers, iscoroutinefunction
from typing import Any, TypeVar

import structlog
from opentelemetry.trace import SpanKind

from traces.carrying import carried
from traces.spans import span

T = TypeVar("T")
_log = structlog.get_logger()


def followed(counterpart: str, gateway: T) -> T:
    """The same gateway; of its calls is told which, to whom, and how they ended."""
    for name, call in getmembers(gateway, iscoroutinefunction):
        if not name.startswith("_"):
            setattr(gateway, name, _followed(counterpart, name, call))
    return gateway


def _followed(
    counterpart: str, name: str, call: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    @wraps(call)
    async def followed_call(*args: Any, **kwargs: Any) -> Any:
        with span(f"{counterpart} {name}", SpanKind.CLIENT, counterpart=counterpart) as ours:
            try:
                answer = await call(*args, **kwargs)
            except Exception as error:
                _tell(counterpart, name, type(error).__name__)
                raise
            ours.set_attribute("rettidig.outcome", "answered")
            _tell(counterpart, name, "answered")
            return answer

    return followed_call


def _tell(counterpart: str, call: str, outcome: str) -> None:
    if carried():
        _log.info("counterpart called", counterpart=counterpart, call=call, outcome=outcome)
