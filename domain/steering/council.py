"""The council's follow-up on arrears: by which ages claims are told, and over which periods."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import add_months


class AgeBand(StrEnum):
    """How long ago payment was due, oldest last; as municipalities show it, no rule asks for it."""

    NOT_DUE = "not-due"  # endnu ikke forfaldet
    MONTHS_0_3 = "months-0-3"  # 0-3 måneder
    MONTHS_3_12 = "months-3-12"  # 3-12 måneder
    YEARS_1_2 = "years-1-2"  # 1-2 år
    YEARS_2_3 = "years-2-3"  # 2-3 år
    YEARS_OVER_3 = "years-over-3"  # over 3 år


BANDS_FROM_OLDEST = tuple(reversed(AgeBand))
_EDGES_MONTHS = (36, 24, 12, 3, 0)
_QUARTER_MONTHS = 3


def age_edges(on: date) -> tuple[date, ...]:
    """The due dates on which each band but the oldest begins, the earliest first.

    A due date is in band *n* of `BANDS_FROM_OLDEST` when *n* of the edges are not after it.
    """
    return tuple(add_months(on, -months) for months in _EDGES_MONTHS)


def last_quarters(today: date, count: int) -> tuple[tuple[date, date], ...]:
    """The quarters of the calendar that are over, the latest first."""
    first = date(today.year, today.month - (today.month - 1) % _QUARTER_MONTHS, 1)
    begins = [add_months(first, -_QUARTER_MONTHS * number) for number in range(count + 1)]
    ends = [begin - timedelta(days=1) for begin in begins]
    return tuple(zip(begins[1:], ends[:-1], strict=True))


def follow_up_period(today: date, last_until: date | None) -> tuple[date, date]:
    """From where the last report ended, else from New Year, to the last quarter's end.

    Where that is no period any more, to yesterday; and from New Year, where that is none either.
    """
    _, until = last_quarters(today, 1)[0]
    since = last_until + timedelta(days=1) if last_until else date(until.year, 1, 1)
    if since > until:
        until = today - timedelta(days=1)
    return (since, until) if since <= until else (date(until.year, 1, 1), until)
