"""Where the next page of a list begins, as a word that means nothing to the client."""

import base64
import binascii
import json
from datetime import date

from pydantic import Field

from api.schemas.common import Body
from domain.errors import Fault, Invalid

_BIGGEST = 2**63 - 1


class Page(Body):
    """Which part of a list is asked for."""

    cursor: str | None = Field(
        default=None, max_length=200, description="`next_cursor` of the page before."
    )
    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")


def write_cursor(*numbers: int) -> str:
    return base64.urlsafe_b64encode(json.dumps(numbers).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> list[int]:
    """Raises Invalid for anything that is not a cursor of ours with *length* numbers."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        numbers = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise Invalid(Fault("cursor", "cursor-unreadable")) from None
    if not isinstance(numbers, list) or len(numbers) != length:
        raise Invalid(Fault("cursor", "cursor-unreadable"))
    if not all(type(number) is int and abs(number) <= _BIGGEST for number in numbers):
        raise Invalid(Fault("cursor", "cursor-unreadable"))
    return numbers


def read_dated_cursor(cursor: str | None) -> tuple[date, int] | None:
    """The day and the number that a list in the order of days goes on after; None: from its top."""
    if cursor is None:
        return None
    day, number = read_cursor(cursor, 2)
    try:
        return date.fromordinal(day), number
    except (ValueError, OverflowError):
        raise Invalid(Fault("cursor", "cursor-unreadable")) from None


def write_dated_cursor(day: date, number: int) -> str:
    return write_cursor(day.toordinal(), number)
