"""How a debt is shared into instalments, and how many of them a sum covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from domain.calendar import add_months, working_day_from
from domain.errors import Fault, Invalid
from domain.money import NOTHING, Money
from domain.policy import AgreementRule

MOST_MONTHS = 600
"""Fifty years: whatever the table says, nobody can say when a bank is open after that."""
_KRONE = Money.kroner(1)


@dataclass(frozen=True, slots=True)
class Instalment:
    """An instalment (afdrag) to be paid by the day *due_on*."""

    number: int
    due_on: date
    amount: Money


def plan(
    owed: Money,
    first_due: date,
    months: int | None,
    monthly: Money | None,
    rule: AgreementRule,
    *,
    has_low_income: bool = False,
) -> tuple[Instalment, ...]:
    """Equal monthly instalments that sum exactly to *owed*, the last one the smallest.

    Either *months* or *monthly* is given. Due days are working days, counted from the first so
    that short months never move the later ones. Raises Invalid when *rule* does not allow it; a
    plan by the income table is fixed by it alone, for as long as anybody may live to see.
    """
    if not rule.is_offered:
        raise Invalid(Fault("agreement", "agreement-not-offered"))
    if owed <= NOTHING:
        raise Invalid(Fault("owed", "agreement-nothing-owed"))
    amount = _instalment(owed, months, monthly)
    number = -(-owed.ore // amount.ore)
    _refuse_too_long(number, MOST_MONTHS)
    if not rule.by_income_table:
        _refuse_too_much(monthly, owed)
        _refuse_too_long(number, rule.max_months_low_income if has_low_income else rule.max_months)
        _refuse_too_small(amount, min(rule.minimum_instalment, owed))
    return tuple(_nth(n, first_due, amount, owed) for n in range(number))


def _nth(n: int, first_due: date, amount: Money, owed: Money) -> Instalment:
    due_on = working_day_from(add_months(first_due, n))
    return Instalment(n + 1, due_on, min(amount, owed - _times(amount, n)))


def _instalment(owed: Money, months: int | None, monthly: Money | None) -> Money:
    """Asked for a number of months, the debtor pays whole kroner; the last month evens it out."""
    if (months is None) == (monthly is None):
        raise Invalid(Fault("months", "agreement-months-or-amount"))
    if monthly is not None:
        if monthly <= NOTHING:
            raise Invalid(Fault("monthly", "agreement-amount-not-positive"))
        return min(monthly, owed)
    if not months or months < 1:
        raise Invalid(Fault("months", "agreement-months-not-positive"))
    return min(_times(_KRONE, -(-owed.ore // (months * _KRONE.ore))), owed)


def _refuse_too_much(monthly: Money | None, owed: Money) -> None:
    if monthly is not None and monthly > owed:
        values = {"amount": str(monthly), "owed": str(owed)}
        raise Invalid(Fault("monthly", "agreement-more-than-owed", values))


def _refuse_too_long(number: int, max_months: int) -> None:
    if number > max_months:
        values = {"months": str(number), "max_months": str(max_months)}
        raise Invalid(Fault("months", "agreement-too-many-months", values))


def _refuse_too_small(amount: Money, minimum: Money) -> None:
    if amount < minimum:
        values = {"amount": str(amount), "minimum": str(minimum)}
        raise Invalid(Fault("monthly", "agreement-below-minimum", values))


def _times(amount: Money, number: int) -> Money:
    return Money(amount.ore * number)


def cumulative(instalments: Sequence[Instalment]) -> tuple[Money, ...]:
    """How much shall have been paid in all when each instalment is due."""
    return tuple(accumulate(instalment.amount for instalment in instalments))


def covered(instalments: Sequence[Instalment], paid: Money) -> int:
    """How many instalments, from the first, *paid* covers fully."""
    return sum(total <= paid for total in cumulative(instalments))
