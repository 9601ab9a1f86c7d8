"""How soon citizens were answered: by channel, by month, and against the council's goals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.calendar import working_days_between
from domain.enquiries import EnquiryChannel
from persistence.enquiries.reading import AnswerTime

_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Answering:
    """Numbers of questions, and working days. *overdue*: not answered though the time is out.

    *within_goal* is a share of those of which it is known: answered, or overdue.
    """

    received: int
    answered: int
    overdue: int
    median_days: int | None
    ninetieth_days: int | None
    within_goal: float | None


def answering(times: Sequence[AnswerTime], on: date) -> Answering:
    """The figures of *times* as they are on the day *on*."""
    answered = [one for one in times if one.answered_on]
    overdue = _count(one for one in times if not one.answered_on and one.due_on < on)
    in_time = _count(one for one in answered if one.answered_on and one.answered_on <= one.due_on)
    known = _count(answered) + overdue
    days = sorted(day for one in answered for day in [_days(one)] * one.number)
    return Answering(
        received=_count(times),
        answered=len(days),
        overdue=overdue,
        median_days=_percentile(days, _TENTHS // 2),
        ninetieth_days=_percentile(days, _TENTHS - 1),
        within_goal=in_time / known if known else None,
    )


def by_channel(times: Sequence[AnswerTime], on: date) -> dict[EnquiryChannel, Answering]:
    return {
        channel: answering([one for one in times if one.channel == channel], on)
        for channel in EnquiryChannel
    }


def by_month(times: Sequence[AnswerTime], on: date) -> dict[str, Answering]:
    """By the month in which they came, as ``2026-03``."""
    months = sorted({f"{one.received_on:%Y-%m}" for one in times})
    return {
        month: answering([one for one in times if f"{one.received_on:%Y-%m}" == month], on)
        for month in months
    }


def _count(times: Iterable[AnswerTime]) -> int:
    return sum(one.number for one in times)


def _days(one: AnswerTime) -> int:
    assert one.answered_on
    return working_days_between(one.received_on, one.answered_on)


def _percentile(days: Sequence[int], tenths: int) -> int | None:
    """The least number of days within which so many tenths were answered."""
    return days[-(-len(days) * tenths // _TENTHS) - 1] if days else None
