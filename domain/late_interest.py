"""What interest should have been, now that money with an earlier value date is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from domain.interest import InterestPosting
from domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class PostedInterest:
    """A line of interest in the books: *net* of what was corrected already."""

    entry_id: int
    period_start: date
    net: Money


@dataclass(frozen=True, slots=True)
class Difference:
    """*amount*: what is to be posted (positive) or taken back (negative), of *entry_id*'s month."""

    entry_id: int
    amount: Money
    posting: InterestPosting | None


def interest_differences(
    posted: Sequence[PostedInterest], due: Sequence[InterestPosting]
) -> list[Difference]:
    """Month by month of the period's start, what the books have too little or too much.

    What is too much is taken from the month's latest lines first. A month without a line in the
    books is none of this: it has yet to be posted.
    """
    owed: dict[tuple[int, int], list[InterestPosting]] = {}
    for posting in due:
        owed.setdefault(_month(posting.period_start), []).append(posting)
    in_order = sorted(posted, key=lambda line: line.period_start)
    differences: list[Difference] = []
    for month, lines in groupby(in_order, lambda line: _month(line.period_start)):
        differences += _of_month(list(lines), owed.get(month, []))
    return differences


def _of_month(lines: Sequence[PostedInterest], due: Sequence[InterestPosting]) -> list[Difference]:
    missing = sum((posting.amount for posting in due), NOTHING) - sum(
        (line.net for line in lines), NOTHING
    )
    if missing >= NOTHING:
        return [Difference(lines[-1].entry_id, missing, due[-1])] if missing else []
    differences, surplus = [], -missing
    for line in reversed(lines):
        part = min(surplus, line.net)
        if part > NOTHING:
            differences.append(Difference(line.entry_id, -part, None))
            surplus -= part
    return differences


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
