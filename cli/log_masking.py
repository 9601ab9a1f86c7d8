"""The last net under the logs: what looks like a CPR number or a secret is not written down.

Nothing of the kind is logged on purpose; this is for what others say, and for faults of ours.
"""

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from typing_extensions import override

_MASK = "[masked]"
# A day (or one written 60 higher), a month and a year, then four digits.
_CPR = re.compile(
    r"(?<!\d)(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0\d|1[0-2])\d{2}[- ]?\d{4}(?!\d)"
)
_SECRET = re.compile(
    r"whsec_[\w+/=-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=\bBearer )\S+|(?<=\bBasic )\S+"
    r"|\b[A-Za-z0-9][\w.-]{0,39}:[A-Za-z0-9+/]{43}="
)
_NAMES = ("password", "secret", "token", "authorization", "cookie", "national_id", "cpr")


def masked(text: str) -> str:
    return _SECRET.sub(_MASK, _CPR.sub(_MASK, text))


def mask_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """For structlog, before it writes: every text, however deep, and what its name betrays."""
    return {name: _mask(value, name) for name, value in event.items()}


def _mask(value: Any, name: str = "") -> Any:
    if any(word in name.lower() for word in _NAMES):
        return _MASK
    match value:
        case str():
            return masked(value)
        case Mapping():
            return {masked(str(key)): _mask(one, str(key)) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_mask(one) for one in value]
        case bool() | int() | float() | None:
            return value
        case _:
            return masked(str(value))


class MaskingFormatter(logging.Formatter):
    """For what libraries say through Python's own logging, tracebacks included."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def mask_libraries() -> None:
    for handler in logging.root.handlers:
        handler.setFormatter(MaskingFormatter(logging.BASIC_FORMAT))
