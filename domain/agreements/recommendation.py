"""What the house would do with a claim that dialogue did not settle, and what speaks for it.

A person decides: the recommendation only says what each fact pulls toward, and how hard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.agreements.assessment_rules import Advice, AssessmentRule, Fact
from domain.money import NOTHING, Money
from domain.policy import Route


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is known when a claim is assessed, *on* a day.

    *can_pay*: whether the debtor can bear the smallest agreement; None when nobody has asked.
    *others* and *at_authority* are what the debtor owes beside the claim, here and there.
    """

    on: date
    balance: Money
    due_date: date
    limitation_date: date
    route: Route
    is_agreement_offered: bool
    last_paid_on: date | None = None
    kept: int = 0
    broken: int = 0
    can_pay: bool | None = None
    others: Money = NOTHING
    at_authority: Money = NOTHING
    is_in_dispute: bool = False
    is_unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Pull:
    """One fact with the *values* its sentence names, and how hard it pulls which way."""

    fact: Fact
    values: dict[str, Money | date | int]
    toward: tuple[tuple[Advice, int], ...]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """*points* of each way that can be gone, the strongest first; *pulls* are the reasons."""

    advice: Advice
    points: tuple[tuple[Advice, int], ...]
    pulls: tuple[Pull, ...]
    cost: Money


def next_step_cost(rule: AssessmentRule, way: Route) -> Money:
    """What it costs the municipality to go on: its people's hours."""
    is_ours = way is Route.MUNICIPALITY
    hours = rule.hours_per_distraint if is_ours else rule.hours_per_transfer
    return Money.rounded(rule.hourly_cost.ore * hours)


def recommend(known: Weighed, rule: AssessmentRule) -> Recommendation:
    """The way that most speaks for; what speaks equally for two goes the gentler one."""
    pulls = tuple(Pull(fact, values, _toward(fact, rule)) for fact, values in _facts(known, rule))
    totals = {advice: 0 for advice in Advice if _can_be_gone(advice, known)}
    for pull in pulls:
        for advice, points in pull.toward:
            if advice in totals:
                totals[advice] += points
    ordered = sorted(totals.items(), key=lambda one: -one[1])  # stable: gentlest first
    return Recommendation(ordered[0][0], tuple(ordered), pulls, next_step_cost(rule, known.route))


def _toward(fact: Fact, rule: AssessmentRule) -> tuple[tuple[Advice, int], ...]:
    return tuple((pull.toward, pull.points) for pull in rule.pulls if pull.fact is fact)


def _can_be_gone(advice: Advice, known: Weighed) -> bool:
    """The law and the policy close some ways, whatever speaks for them."""
    is_barred = known.on > known.limitation_date
    match advice:
        case Advice.AGREEMENT:
            return known.is_agreement_offered and not is_barred
        case Advice.TRANSFER:
            return known.route is Route.RECOVERY_AUTHORITY and not is_barred
        case Advice.ENFORCE:
            return known.route is Route.MUNICIPALITY and not is_barred
        case Advice.WRITE_OFF:
            return is_barred
        case _:
            return True


_Told = tuple[Fact, dict[str, Money | date | int]]


def _facts(known: Weighed, rule: AssessmentRule) -> Iterator[_Told]:
    yield from _of_the_claim(known, rule)
    yield from _of_the_way(known, rule)
    yield from _of_the_debtor(known, rule)


def _of_the_claim(known: Weighed, rule: AssessmentRule) -> Iterator[_Told]:
    if known.balance < rule.small_amount:
        yield Fact.AMOUNT_SMALL, {"amount": known.balance, "limit": rule.small_amount}
    if known.balance >= rule.large_amount:
        yield Fact.AMOUNT_LARGE, {"amount": known.balance, "limit": rule.large_amount}
    if (age := (known.on - known.due_date).days) >= rule.old_days:
        yield Fact.AGE_OLD, {"day": known.due_date, "days": age}
    left = (known.limitation_date - known.on).days
    if left < 0:
        yield Fact.LIMITATION_PASSED, {"day": known.limitation_date}
    elif left <= rule.limitation_days:
        yield Fact.LIMITATION_NEAR, {"day": known.limitation_date, "days": left}
    if known.is_in_dispute:
        yield Fact.IN_DISPUTE, {}


def _of_the_way(known: Weighed, rule: AssessmentRule) -> Iterator[_Told]:
    is_offered = known.is_agreement_offered
    yield (Fact.AGREEMENT_OFFERED if is_offered else Fact.AGREEMENT_NOT_OFFERED), {}
    is_ours = known.route is Route.MUNICIPALITY
    yield (Fact.ENFORCED_BY_US if is_ours else Fact.ENFORCED_BY_AUTHORITY), {}
    cost = next_step_cost(rule, known.route)
    if cost.ore * 100 > known.balance.ore * rule.cost_percent:
        yield Fact.COSTS_TOO_MUCH, {"cost": cost, "amount": known.balance}


def _of_the_debtor(known: Weighed, rule: AssessmentRule) -> Iterator[_Told]:
    paid_on = known.last_paid_on
    if paid_on and (known.on - paid_on).days <= rule.paid_within_days:
        yield Fact.PAID_LATELY, {"day": paid_on}
    if known.kept:
        yield Fact.PAID_BEFORE, {"count": known.kept}
    if known.broken:
        yield Fact.AGREEMENT_BROKEN, {"count": known.broken}
    if known.can_pay is not None:
        yield (Fact.CAN_PAY if known.can_pay else Fact.CANNOT_PAY), {}
    if known.others:
        yield Fact.OTHERS_OWED, {"amount": known.others}
    if known.at_authority:
        yield Fact.OTHERS_AT_AUTHORITY, {"amount": known.at_authority}
    if known.is_unsettled:
        yield Fact.UNSETTLED_PERSON, {}
