"""What a letter or a distraint hearing costs the debtor, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from domain.calendar import add_months
from domain.distraints.rules import CourtFeeRule
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import ClaimType, FeeRule, Policy


class WhyFree(StrEnum):
    """Why a letter that has a fee costs this debtor nothing."""

    BELOW_LIMIT = "below-limit"
    ENOUGH_FEES = "enough-fees"
    TOO_SOON = "too-soon"


@dataclass(frozen=True, slots=True)
class FeePosting:
    amount: Money
    rule: str
    legal_basis: str


def reminder_fee(
    claim_type: ClaimType,
    letter: Letter,
    on: date,
    owed: Money,
    earlier: Sequence[tuple[date, Money]],
    has_kept_agreement: bool,  # noqa: FBT001 - one of the six
) -> FeePosting | None:
    """The fee for sending *letter* on the day *on*; None when none may be charged.

    *earlier* are the fees already charged for the claim. A debtor who keeps an agreement pays
    none (ministry 99.8.11).
    """
    entry = claim_type.fee.entry_on(on)
    if entry is None or has_kept_agreement or not _costs(claim_type, letter, on):
        return None
    if why_free(entry.value, on, owed, earlier):
        return None
    amount = min(entry.value.amount, entry.value.legal_maximum)
    rule = f"{letter} fee in force since {entry.since}"
    return FeePosting(amount, rule, entry.value.legal_basis) if amount > NOTHING else None


def _costs(claim_type: ClaimType, letter: Letter, on: date) -> bool:
    """Whether the council has decided that this letter has a fee."""
    if letter is Letter.AGREEMENT_REMINDER:
        agreement = claim_type.agreement.on(on)
        return agreement is not None and agreement.reminder_has_fee
    steps = claim_type.steps.on(on) or ()
    return letter.is_reminder and any(step.has_fee for step in steps if step.letter is letter)


def why_free(
    rule: FeeRule, on: date, owed: Money, earlier: Sequence[tuple[date, Money]]
) -> WhyFree | None:
    """Too little is owed, or fees were too many or too close (renteloven § 9 b).

    The fee act has no upper number.
    """
    if owed < rule.none_below:
        return WhyFree.BELOW_LIMIT
    if rule.max_count is not None and len(earlier) >= rule.max_count:
        return WhyFree.ENOUGH_FEES
    if any((on - day).days < rule.min_days_apart for day, _ in earlier):
        return WhyFree.TOO_SOON
    return None


def distraint_fee(policy: Policy, on: date) -> FeePosting | None:
    """The fee for the notice of a distraint hearing the municipality holds itself."""
    entry = policy.distraint_fee.entry_on(on)
    if entry is None or not entry.value.amount:
        return None
    rule = f"{Letter.DISTRAINT_NOTICE} fee in force since {entry.since}"
    return FeePosting(entry.value.amount, rule, entry.value.legal_basis)


def court_fee(
    policy: Policy,
    on: date,
    owed: Money,
    *,
    is_held_outside: bool = False,
    base_charged_on: date | None = None,
) -> FeePosting | None:
    """The court fee of a distraint hearing for *owed*.

    *is_held_outside*: not at the office; *base_charged_on*: when the debtor last paid the base,
    which is charged anew only after some months.
    """
    entry = policy.court_fee.entry_on(on)
    if entry is None:
        return None
    rule = entry.value
    amount = _share(rule, owed) + (rule.outside_office if is_held_outside else NOTHING)
    if base_charged_on is None or on >= add_months(base_charged_on, rule.base_again_after_months):
        amount += rule.base
    text = f"court fee in force since {entry.since}"
    return FeePosting(amount, text, rule.legal_basis) if amount > NOTHING else None


def _share(rule: CourtFeeRule, owed: Money) -> Money:
    """The percentage of what exceeds the limit, rounded up."""
    above = max(owed - rule.percent_above, NOTHING)
    return Money(ceil(above.ore * rule.percent / 100 / rule.round_up_to.ore) * rule.round_up_to.ore)
