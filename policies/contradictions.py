"""What a policy may not say together, or not at all by law."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from domain.agreements.assessment_rules import AssessmentRule, IncomeTable
from domain.dated import Dated
from domain.distraints.rules import DistraintRule
from domain.enquiries import EnquiryChannel
from domain.house_rules import EnquiryRule, LegalLimits, PostRoomRule, PreventionRule
from domain.ledger import DEBT
from domain.money import NOTHING
from domain.policy import ClaimType, FeeRule, LetterStep, Regime
from domain.recovery.entry_filter import EntryFilter
from policies import claim_type_contradictions as of_type
from policies import ending_contradictions as of_endings
from policies.complaints import Complaint
from policies.lines import Path
from policies.reading import UNREAD

_CREDITOR_DIGITS = 8
_HALF_YEAR_MONTHS = 6
_HOURS = 24
_RATE_DAYS = {(1, 1), (7, 1)}


def contradictions(policy: dict[str, Any], entry_filter: EntryFilter) -> Iterator[Complaint]:
    """All of them, in what could be read of the policy's fields."""
    for name in _NEVER_EMPTY:
        if policy[name] == Dated(()):
            yield Complaint((name,), "empty-series")
    for name, check in _CHECKS.items():
        if policy[name] is not UNREAD:
            yield from check(policy[name])
    if UNREAD not in (policy["claim_types"], policy["legal_limits"]):
        yield from _in_claim_types(policy["claim_types"], policy["legal_limits"])
    if policy["claim_types"] is not UNREAD:
        for code, claim_type in policy["claim_types"].items():
            yield from _in_recovery_codes(("claim_types", code), claim_type, entry_filter)


def _in_claim_types(
    claim_types: dict[str, ClaimType], limits: dict[Regime, Dated[LegalLimits]]
) -> Iterator[Complaint]:
    for code, claim_type in claim_types.items():
        path = ("claim_types", code)
        yield from of_type.contradictions(path, claim_type, limits)


def _in_recovery_codes(
    path: Path, claim_type: ClaimType, entry_filter: EntryFilter
) -> Iterator[Complaint]:
    """A type whose rules are not known cannot be checked before it is sent."""
    codes: dict[Path, str | None] = {(*path, "recovery_code"): claim_type.recovery_code}
    for n, entry in enumerate(claim_type.related_codes.entries):
        for name in ("interest", "fee", "court_fee"):
            codes[(*path, "related_codes", n, name)] = getattr(entry.value, name)
    for place, code in codes.items():
        if code is not None and code not in entry_filter.types:
            yield Complaint(place, "recovery-code-unknown", {"code": code})


def _in_creditor_number(number: str) -> Iterator[Complaint]:
    if not (number.isdecimal() and number.isascii() and len(number) == _CREDITOR_DIGITS):
        yield Complaint(("creditor_number",), "creditor-number")


def _in_notices(notices: Dated[tuple[LetterStep, ...]]) -> Iterator[Complaint]:
    for n, entry in enumerate(notices.entries):
        for letter, times in Counter(step.letter for step in entry.value).items():
            if times > 1:
                yield Complaint(("notices", n, "value"), "letter-twice", {"letter": letter})


def _in_coverage_order(order: Dated[tuple[str, ...]]) -> Iterator[Complaint]:
    for n, entry in enumerate(order.entries):
        if sorted(entry.value) != sorted(DEBT):
            path = ("coverage_order", n, "value")
            yield Complaint(path, "coverage-kinds", {"kinds": ", ".join(sorted(DEBT))})


def _in_reference_rates(rates: Dated[Any]) -> Iterator[Complaint]:
    """A half-year without a rate would silently go on with the one before."""
    days = [entry.since for entry in rates.entries]
    for n, day in enumerate(days):
        if (day.month, day.day) not in _RATE_DAYS:
            yield Complaint(("reference_rates", n, "since"), "rate-day")
    for n, (before, after) in enumerate(pairwise(days), start=1):
        months = (after.year - before.year) * 12 + after.month - before.month
        if months > _HALF_YEAR_MONTHS:
            values = {"previous": str(before), "since": str(after)}
            yield Complaint(("reference_rates", n, "since"), "rate-gap", values)


def _in_alarm_months(months: tuple[int, ...]) -> Iterator[Complaint]:
    if not months or list(months) != sorted(set(months), reverse=True) or months[-1] < 1:
        yield Complaint(("limitation_alarm_months",), "alarm-months")


def _in_radar_days(days: tuple[int, ...]) -> Iterator[Complaint]:
    if not days or list(days) != sorted(set(days), reverse=True) or days[-1] < 1:
        yield Complaint(("limitation_radar_days",), "radar-days")


def _in_offer_days(days: int) -> Iterator[Complaint]:
    if not days:
        yield Complaint(("limitation_offer_days",), "not-positive")


def _in_distraint_fee(fees: Dated[FeeRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(fees.entries):
        if entry.value.amount > entry.value.legal_maximum:
            path = ("distraint_fee", n, "amount")
            yield of_type.above_maximum(path, entry.value.amount, entry.value.legal_maximum)


def _in_court_fee(fees: Dated[Any]) -> Iterator[Complaint]:
    for n, entry in enumerate(fees.entries):
        if entry.value.round_up_to <= NOTHING:
            yield Complaint(("court_fee", n, "round_up_to"), "not-positive")


def _in_distraint(rules: Dated[DistraintRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(rules.entries):
        rule = entry.value
        if not 0 <= rule.opens_at_hour < rule.closes_at_hour <= _HOURS:
            yield Complaint(("distraint", n, "closes_at_hour"), "bailiff-hours")
        for name in ("hearing_minutes", "warn_days"):
            if not getattr(rule, name):
                yield Complaint(("distraint", n, name), "not-positive")


def _in_post_room(rules: Dated[PostRoomRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(rules.entries):
        rule = entry.value
        if not 0 <= rule.opens_at_hour < rule.closes_at_hour <= _HOURS:
            yield Complaint(("post_room", n, "closes_at_hour"), "post-hours")
        if not rule.letters_per_hour:
            yield Complaint(("post_room", n, "letters_per_hour"), "not-positive")
        for letter in rule.merges:
            if not letter.level:
                path = ("post_room", n, "merges")
                yield Complaint(path, "letter-not-merged", {"letter": letter})


def _in_enquiries(rules: Dated[EnquiryRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(rules.entries):
        goals = entry.value.goals
        if sorted(goal.channel for goal in goals) != sorted(EnquiryChannel):
            values = {"channels": ", ".join(EnquiryChannel)}
            yield Complaint(("enquiries", n, "goals"), "enquiry-channels", values)
        for place, goal in enumerate(goals):
            if not goal.working_days:
                path = ("enquiries", n, "goals", place, "working_days")
                yield Complaint(path, "not-positive")


def _in_prevention(rules: Dated[PreventionRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(rules.entries):
        for name in ("late_claims", "months", "effect_months"):
            if not getattr(entry.value, name):
                yield Complaint(("prevention", n, name), "not-positive")


def _in_consultation_days(days: int) -> Iterator[Complaint]:
    if not days:
        yield Complaint(("consultation_days",), "not-positive")


def _in_income_table(tables: Dated[IncomeTable]) -> Iterator[Complaint]:
    for n, entry in enumerate(tables.entries):
        incomes = [row.from_income for row in entry.value.rows]
        if incomes[:1] != [NOTHING] or any(after <= one for one, after in pairwise(incomes)):
            yield Complaint(("income_table", n, "rows"), "income-rows")
        if entry.value.rounded_down_to <= NOTHING:
            yield Complaint(("income_table", n, "rounded_down_to"), "not-positive")


def _in_assessment(rules: Dated[AssessmentRule]) -> Iterator[Complaint]:
    for n, entry in enumerate(rules.entries):
        times = Counter((pull.fact, pull.toward) for pull in entry.value.pulls)
        for (fact, toward), number in times.items():
            if number > 1:
                values = {"fact": fact.value, "toward": toward.value}
                yield Complaint(("assessment", n, "pulls"), "pull-twice", values)


_NEVER_EMPTY = (
    *("coverage_order", "reference_rates", "notices", "post_room", "enquiries", "prevention"),
    *("income_table", "assessment", "distraint"),
)
_CHECKS: dict[str, Callable[[Any], Iterator[Complaint]]] = {
    "creditor_number": _in_creditor_number,
    "notices": _in_notices,
    "coverage_order": _in_coverage_order,
    "reference_rates": _in_reference_rates,
    "limitation_alarm_months": _in_alarm_months,
    "limitation_radar_days": _in_radar_days,
    "limitation_offer_days": _in_offer_days,
    "distraint_fee": _in_distraint_fee,
    "court_fee": _in_court_fee,
    "distraint": _in_distraint,
    "post_room": _in_post_room,
    "enquiries": _in_enquiries,
    "prevention": _in_prevention,
    "consultation_days": _in_consultation_days,
    "income_table": _in_income_table,
    "assessment": _in_assessment,
    "endings": of_endings.contradictions,
}
