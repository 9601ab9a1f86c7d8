"""How far a plan has come, what more money would change, and that it sums to what is owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.agreements.agreement import Instalment
from domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class Paid:
    """An instalment and what of it has come."""

    instalment: Instalment
    paid: Money

    @property
    def missing(self) -> Money:
        return self.instalment.amount - self.paid

    @property
    def is_paid(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Progress:
    """Money covers the instalments from the first: what is more than one covers of the next."""

    instalments: tuple[Paid, ...]

    @property
    def next(self) -> Paid | None:
        """The first that is not fully paid."""
        return next((one for one in self.instalments if not one.is_paid), None)

    @property
    def last_due(self) -> date | None:
        """When the last that is not fully paid is due: until then it all lasts."""
        unpaid = [one.instalment.due_on for one in self.instalments if not one.is_paid]
        return unpaid[-1] if unpaid else None

    @property
    def covered(self) -> int:
        return sum(one.is_paid for one in self.instalments)

    @property
    def left(self) -> Money:
        return sum((one.missing for one in self.instalments), NOTHING)

    def overdue(self, on: date) -> Money:
        """What should have come before the day *on* and has not."""
        late = (one.missing for one in self.instalments if one.instalment.due_on < on)
        return sum(late, NOTHING)


def progress(instalments: Sequence[Instalment], paid: Money) -> Progress:
    """What has come of each, when *paid* has come in all. An instalment may be of nothing."""
    return Progress(tuple(_spread(instalments, paid)))


def _spread(instalments: Sequence[Instalment], paid: Money) -> Iterator[Paid]:
    for instalment in instalments:
        part = max(min(instalment.amount, paid), NOTHING)
        paid -= part
        yield Paid(instalment, part)


def summed_to(instalments: Sequence[Instalment], total: Money) -> tuple[Instalment, ...]:
    """The same plan, but of *total* in all: the last instalments take up the difference.

    None is removed, for a story counts them: one that is needed no more is of nothing.
    """
    more = total - sum((one.amount for one in instalments), NOTHING)
    changed = list(instalments)
    for place in reversed(range(len(changed))):
        amount = max(changed[place].amount + more, NOTHING)
        more -= amount - changed[place].amount
        changed[place] = replace(changed[place], amount=amount)
    return tuple(changed)
