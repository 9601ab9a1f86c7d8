"""The period a report is asked for, as people write it."""

from dataclasses import replace
from datetime import date

from domain.errors import Fault, Invalid
from domain.notation import read_day

FROM, TO = "from", "to"


def read_period(since: str | None, until: str | None, today: date) -> tuple[date, date]:
    """From 1 January of this year to today, where nothing else is said. Raises Invalid."""
    first = _read(since, FROM) or date(today.year, 1, 1)
    return in_order(first, _read(until, TO) or max(first, today))


def in_order(first: date, last: date) -> tuple[date, date]:
    """Raises Invalid for a period that ends before it begins."""
    if first > last:
        values = {"first": first.isoformat(), "last": last.isoformat()}
        raise Invalid(Fault(FROM, "reconciliation-period-reversed", values))
    return first, last


def _read(text: str | None, field: str) -> date | None:
    if not text or not text.strip():
        return None
    try:
        return read_day(text)
    except Invalid as wrong:
        raise Invalid(*(replace(fault, field=field) for fault in wrong.faults)) from None
