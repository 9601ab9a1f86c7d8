"""What the policy in force means for those who owe: steps and days, fees, interest, agreements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.dated import Dated
from domain.distraints.routing import route
from domain.letters import Letter
from domain.money import Money
from domain.policy import ClaimType, FeeRule, InterestRule, Policy, Route


@dataclass(frozen=True, slots=True)
class Step:
    """A letter, the days it gives, and whether it may cost a fee."""

    letter: Letter
    days: int
    has_fee: bool


@dataclass(frozen=True, slots=True)
class Path:
    """What happens to claims of *names* that are not paid. *route*: who enforces them at last."""

    names: tuple[str, ...]
    steps: tuple[Step, ...]
    may_agree: bool
    route: Route


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs to pay a claim late. *percent*: of the principal a month, or a year."""

    name: str
    fee: Money | None
    fee_basis: str
    most_fees: int | None
    percent: Decimal | None
    is_monthly: bool
    interest_basis: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The agreements that *names* may be paid by; they differ in nothing else."""

    names: tuple[str, ...]
    max_months: int
    minimum: Money
    grace_days: int
    catch_up_days: int
    by_income: bool


def paths(policy: Policy, on: date, language: str) -> list[Path]:
    """Claim types to which the same happens stand together."""
    found: dict[tuple[tuple[Step, ...], bool, Route], list[str]] = {}
    for kind in policy.claim_types.values():
        found.setdefault(_path(kind, on), []).append(_name(kind, language))
    return [Path(tuple(names), *key) for key, names in found.items()]


def _path(kind: ClaimType, on: date) -> tuple[tuple[Step, ...], bool, Route]:
    steps = tuple(Step(one.letter, one.days, one.has_fee) for one in kind.steps.on(on) or ())
    agreement = kind.agreement.on(on)
    may_agree = agreement is not None and agreement.is_offered
    return steps, may_agree, route(kind, on, on)


def prices(policy: Policy, on: date, language: str) -> list[Price]:
    return [_price(policy, kind, on, language) for kind in policy.claim_types.values()]


def _price(policy: Policy, kind: ClaimType, on: date, language: str) -> Price:
    fee, interest = kind.fee.entry_on(on), kind.interest.entry_on(on)
    rule = fee.value if fee else None
    rate = interest.value if interest else None
    return Price(
        name=_name(kind, language),
        fee=_amount(rule),
        fee_basis=rule.legal_basis if rule else "",
        most_fees=rule.max_count if rule else None,
        percent=_percent(policy, rate, on),
        is_monthly=rate is not None and rate.percent_per_month is not None,
        interest_basis=rate.legal_basis if rate else "",
        since=max((one.since for one in (fee, interest) if one), default=None),
    )


def _amount(rule: FeeRule | None) -> Money | None:
    return min(rule.amount, rule.legal_maximum) if rule and rule.amount else None


def _percent(policy: Policy, rate: InterestRule | None, on: date) -> Decimal | None:
    if rate is None:
        return None
    if rate.percent_per_month is not None:
        return rate.percent_per_month
    return (policy.reference_rates.on(on) or Decimal(0)) + (rate.margin_percent or Decimal(0))


def offers(policy: Policy, on: date, language: str) -> list[Offer]:
    found: dict[tuple[int, Money, int, int, bool], list[str]] = {}
    for kind in policy.claim_types.values():
        rule = kind.agreement.on(on)
        if rule and rule.is_offered:
            key = (
                rule.max_months, rule.minimum_instalment, rule.grace_days, rule.catch_up_days,
                rule.by_income_table,
            )  # fmt: skip
            found.setdefault(key, []).append(_name(kind, language))
    return [Offer(tuple(names), *key) for key, names in found.items()]


def in_force_since(policy: Policy, on: date) -> date:
    """The day of the newest decision that these terms rest on."""
    series: list[Dated[Any]] = [
        part
        for kind in policy.claim_types.values()
        for part in (kind.steps, kind.fee, kind.interest, kind.agreement)
    ]
    return max(_days(series, on), default=on)


def _days(series: Iterable[Dated[Any]], on: date) -> Iterable[date]:
    return (entry.since for part in series if (entry := part.entry_on(on)))


def _name(kind: ClaimType, language: str) -> str:
    return kind.name if language == "da" else kind.name_en
