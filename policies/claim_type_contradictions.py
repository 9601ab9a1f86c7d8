"""What the rules for one type of claim may not say together, or not at all by law."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from domain.dated import Dated
from domain.house_rules import LegalLimits
from domain.letters import Letter
from domain.money import Money
from domain.policy import (
    AgreementRule,
    ClaimType,
    FeeRule,
    InterestRule,
    LetterStep,
    Regime,
    Route,
    RoutingRule,
)
from policies.complaints import Complaint
from policies.lines import Path

Limits = dict[Regime, Dated[LegalLimits]]

_BEFORE_DIALOGUE = (
    Letter.DEMAND,
    Letter.COURTESY_NOTICE,
    Letter.FIRST_REMINDER,
    Letter.SECOND_REMINDER,
    Letter.TRANSFER_NOTICE,
)


def contradictions(path: Path, claim_type: ClaimType, limits: Limits) -> Iterator[Complaint]:
    yield from _in_rights(path, claim_type)
    yield from _in_limits(path, claim_type)
    for n, steps in enumerate(claim_type.steps.entries):
        yield from _in_steps((*path, "steps", n), steps.value)
        yield from _in_step_fees((*path, "steps", n), claim_type, steps.since, steps.value)
    if claim_type.regime is Regime.NONE:
        yield from _without_basis(path, claim_type)
    else:
        yield from _in_figures(path, claim_type, limits.get(claim_type.regime, Dated(())))
    for n, agreement in enumerate(claim_type.agreement.entries):
        yield from _in_agreement((*path, "agreement", n), agreement.value)
        if agreement.value.reminder_has_fee and not claim_type.fee.on(agreement.since):
            place = (*path, "agreement", n, "reminder_has_fee")
            yield Complaint(place, "fee-without-rule", {"since": str(agreement.since)})
    yield from _in_routing((*path, "routing"), claim_type)


def above_maximum(path: Path, amount: Money, maximum: Money) -> Complaint:
    values = {"amount": str(amount), "maximum": str(maximum)}
    return Complaint(path, "fee-above-maximum", values)


def _in_rights(path: Path, claim_type: ClaimType) -> Iterator[Complaint]:
    if claim_type.has_priority_right and not claim_type.has_distraint_right:
        yield Complaint((*path, "has_priority_right"), "priority-without-distraint")
    if claim_type.is_civil and claim_type.has_distraint_right:
        yield Complaint((*path, "has_distraint_right"), "civil-with-distraint")
    if claim_type.regime is Regime.FEE_ACT and not claim_type.has_distraint_right:
        yield Complaint((*path, "regime"), "fee-act-without-distraint")
    if claim_type.regime is Regime.INTEREST_ACT and not claim_type.is_civil:
        yield Complaint((*path, "regime"), "interest-act-not-civil")


def _in_limits(path: Path, claim_type: ClaimType) -> Iterator[Complaint]:
    for name in ("steps", "agreement", "small_amounts"):
        if not getattr(claim_type, name).entries:
            yield Complaint((*path, name), "empty-series")
    if claim_type.limitation_years < 1:
        yield Complaint((*path, "limitation_years"), "limitation-years")


def _in_steps(path: Path, steps: tuple[LetterStep, ...]) -> Iterator[Complaint]:
    if not steps or steps[0].letter is not Letter.DEMAND:
        yield Complaint((*path, "value"), "steps-begin-with-demand")
    if sum(step.carries_transfer_notice for step in steps) > 1:
        yield Complaint((*path, "value"), "notice-twice")
    for letter, times in Counter(step.letter for step in steps).items():
        if times > 1:
            yield Complaint((*path, "value"), "letter-twice", {"letter": letter})
    for n, step in enumerate(steps):
        yield from _in_step((*path, "value", n), step)


def _in_step(path: Path, step: LetterStep) -> Iterator[Complaint]:
    if step.letter not in _BEFORE_DIALOGUE:
        yield Complaint(path, "letter-not-a-step", {"letter": step.letter})
    if step.days < 1:
        yield Complaint(path, "no-days")
    if step.has_fee and not step.letter.is_reminder:
        yield Complaint(path, "fee-on-letter", {"letter": step.letter})


def _in_step_fees(
    path: Path, claim_type: ClaimType, since: date, steps: tuple[LetterStep, ...]
) -> Iterator[Complaint]:
    if claim_type.fee.on(since):
        return
    for n, step in enumerate(steps):
        if step.has_fee:
            yield Complaint((*path, "value", n), "fee-without-rule", {"since": str(since)})


def _without_basis(path: Path, claim_type: ClaimType) -> Iterator[Complaint]:
    if claim_type.fee.entries:
        yield Complaint((*path, "fee"), "fee-without-basis")
    if claim_type.interest.entries:
        yield Complaint((*path, "interest"), "interest-without-basis")


def _in_figures(
    path: Path, claim_type: ClaimType, limits: Dated[LegalLimits]
) -> Iterator[Complaint]:
    for n, fee in enumerate(claim_type.fee.entries):
        for limit in _in_force(limits, claim_type.fee, n):
            yield from _in_fee((*path, "fee", n), fee.value, limit)
    for n, interest in enumerate(claim_type.interest.entries):
        for limit in _in_force(limits, claim_type.interest, n):
            yield from _in_interest((*path, "interest", n), interest.value, limit)
    for name, series in (("fee", claim_type.fee), ("interest", claim_type.interest)):
        for n, since in enumerate(entry.since for entry in series.entries):
            if limits.on(since) is None:
                values = {"regime": claim_type.regime.value, "since": str(since)}
                yield Complaint((*path, name, n, "since"), "no-legal-limit", values)


def _in_force(limits: Dated[LegalLimits], decisions: Dated[Any], n: int) -> list[LegalLimits]:
    """The limits that hold at some time while decision number *n* is in force."""
    since = decisions.entries[n].since
    until = decisions.entries[n + 1].since if n + 1 < len(decisions.entries) else date.max
    later = [limit.value for limit in limits.entries if since < limit.since < until]
    first = limits.on(since)
    return [first, *later] if first else later


def _in_fee(path: Path, fee: FeeRule, limit: LegalLimits) -> Iterator[Complaint]:
    if fee.amount > limit.reminder_fee:
        yield above_maximum((*path, "amount"), fee.amount, limit.reminder_fee)
    if fee.legal_maximum != limit.reminder_fee:
        values = {"stated": str(fee.legal_maximum), "maximum": str(limit.reminder_fee)}
        yield Complaint((*path, "legal_maximum"), "maximum-not-the-laws", values)
    if limit.reminder_count and not (fee.max_count and fee.max_count <= limit.reminder_count):
        values = {"maximum": str(limit.reminder_count)}
        yield Complaint((*path, "max_count"), "too-many-fees", values)
    if limit.reminder_days_apart and fee.min_days_apart < limit.reminder_days_apart:
        values = {"days": str(limit.reminder_days_apart)}
        yield Complaint((*path, "min_days_apart"), "fees-too-close", values)


def _in_interest(path: Path, rule: InterestRule, limit: LegalLimits) -> Iterator[Complaint]:
    is_monthly = limit.percent_per_month is not None
    daily = (rule.margin_percent, rule.day_count)
    if is_monthly and (rule.percent_per_month is None or daily != (None, None)):
        yield _wrong_act(path, Regime.FEE_ACT, "percent_per_month")
    if not is_monthly and (rule.percent_per_month is not None or None in daily):
        yield _wrong_act(path, Regime.INTEREST_ACT, "margin_percent, day_count")
    yield from _above((*path, "percent_per_month"), rule.percent_per_month, limit.percent_per_month)
    yield from _above((*path, "margin_percent"), rule.margin_percent, limit.margin_percent)


def _wrong_act(path: Path, regime: Regime, expected: str) -> Complaint:
    values = {"regime": regime.value, "expected": expected}
    return Complaint(path, "interest-of-another-act", values)


def _above(path: Path, percent: Decimal | None, maximum: Decimal | None) -> Iterator[Complaint]:
    if percent is not None and maximum is not None and percent > maximum:
        values = {"percent": str(percent), "maximum": str(maximum)}
        yield Complaint(path, "interest-above-maximum", values)


def _in_agreement(path: Path, rule: AgreementRule) -> Iterator[Complaint]:
    if not rule.is_offered:
        if rule != AgreementRule(is_offered=False):
            yield Complaint((*path, "is_offered"), "agreement-not-offered")
        return
    if rule.max_months < 1:
        yield Complaint((*path, "max_months"), "agreement-months")
    if rule.max_months_low_income < rule.max_months:
        yield Complaint((*path, "max_months_low_income"), "agreement-low-income")


def _in_routing(path: Path, claim_type: ClaimType) -> Iterator[Complaint]:
    rules = claim_type.routing
    if not rules or not _fits_always(rules[-1]):
        yield Complaint(path, "route-open-end")
    for n, rule in enumerate(rules):
        if n and _fits_always(rules[n - 1]):
            yield Complaint((*path, n), "route-never-fits")
        if rule.period_from and rule.period_until and rule.period_until < rule.period_from:
            yield Complaint((*path, n, "period_until"), "route-period-reversed")
        if rule.route is Route.MUNICIPALITY and not claim_type.has_distraint_right:
            yield Complaint((*path, n, "route"), "route-without-distraint")


def _fits_always(rule: RoutingRule) -> bool:
    return (rule.period_from, rule.period_until, rule.from_day) == (None, None, None)
