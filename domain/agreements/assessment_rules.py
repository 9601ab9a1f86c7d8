"""What the state and the council say of who can pay how much, and of what speaks for which way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.decisions import Outcome
from domain.money import Money


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """Of a net yearly income from *from_income*, so many *percent* can be paid a year.

    *is_derived*: reckoned between two published rows, not read in the table itself.
    """

    from_income: Money
    percent: int
    percent_with_children: int
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class IncomeTable:
    """The state's table of what people can pay, lowest income first.

    *rounded_down_to*: what a month's instalment is a multiple of; *low_income_below*: the net
    yearly income under which it is low (lavindkomstgrænsen).
    """

    rows: tuple[IncomeRow, ...]
    rounded_down_to: Money
    low_income_below: Money

    def row_for(self, yearly: Money) -> IncomeRow:
        return next(row for row in reversed(self.rows) if row.from_income <= yearly)


class Advice(StrEnum):
    """The ways a claim may go from here."""

    KEEP = "keep"  # behold og prøv igen
    AGREEMENT = "agreement"  # tal om en betalingsaftale
    HOLD = "hold"  # læg i bero
    TRANSFER = "transfer"  # overdrag til inddrivelse
    ENFORCE = "enforce"  # egen udlægsforretning
    WRITE_OFF = "write-off"  # indstil til afskrivning

    @property
    def outcome(self) -> Outcome:
        """The answer that follows it: talks and rest are had while the claim is kept."""
        return _OUTCOMES.get(self, Outcome.KEEP)


_OUTCOMES = {
    Advice.TRANSFER: Outcome.TRANSFER,
    Advice.ENFORCE: Outcome.ENFORCE,
    Advice.WRITE_OFF: Outcome.WRITE_OFF,
}


class Fact(StrEnum):
    """What is true of a claim and its debtor, and may pull one way or another."""

    AMOUNT_SMALL = "amount-small"
    AMOUNT_LARGE = "amount-large"
    AGE_OLD = "age-old"
    LIMITATION_NEAR = "limitation-near"
    LIMITATION_PASSED = "limitation-passed"
    PAID_LATELY = "paid-lately"
    PAID_BEFORE = "paid-before"
    AGREEMENT_BROKEN = "agreement-broken"
    CAN_PAY = "can-pay"
    CANNOT_PAY = "cannot-pay"
    AGREEMENT_OFFERED = "agreement-offered"
    AGREEMENT_NOT_OFFERED = "agreement-not-offered"
    ENFORCED_BY_AUTHORITY = "enforced-by-authority"
    ENFORCED_BY_US = "enforced-by-us"
    OTHERS_OWED = "others-owed"
    OTHERS_AT_AUTHORITY = "others-at-authority"
    COSTS_TOO_MUCH = "costs-too-much"
    IN_DISPUTE = "in-dispute"
    UNSETTLED_PERSON = "unsettled-person"  # dødsbo, konkurs, gældssanering, uden bopæl


@dataclass(frozen=True, slots=True)
class FactPull:
    """How many *points* a fact pulls *toward* an advice."""

    fact: Fact
    toward: Advice
    points: int


@dataclass(frozen=True, slots=True)
class AssessmentRule:
    """When a fact is true, and how hard it pulls: the council's choice.

    *cost_percent*: a step that costs more than this part of what is owed costs too much. A step
    costs its hours; *hourly_cost* is what one costs the municipality.
    """

    small_amount: Money
    large_amount: Money
    old_days: int
    limitation_days: int
    paid_within_days: int
    cost_percent: int
    hours_per_transfer: Decimal
    hours_per_distraint: Decimal
    hourly_cost: Money
    pulls: tuple[FactPull, ...]
