"""What somebody can pay (betalingsevne), and the instalments that follow from it, with why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.agreements.assessment_rules import IncomeTable
from domain.agreements.budget import Budget
from domain.dated import Dated
from domain.errors import Fault, Invalid
from domain.explanation import Phrase, Value
from domain.money import NOTHING, Money
from domain.policy import AgreementRule

_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Income:
    """What somebody has a year after tax. *has_children*: whom they must support."""

    yearly: Money
    has_children: bool = False

    def __post_init__(self) -> None:
        if self.yearly < NOTHING:
            raise Invalid(Fault("yearly-income", "income-negative"))


@dataclass(frozen=True, slots=True)
class Ability:
    """By the table: *monthly* is what can be paid, rounded down. *is_low*: the income is low."""

    income: Income
    percent: int
    monthly: Money
    is_low: bool
    is_derived: bool = False


def table_on(tables: Dated[IncomeTable], on: date) -> IncomeTable:
    """The table in force on the day *on*, or the first there is."""
    return tables.on(on) or tables.entries[0].value


def ability_to_pay(income: Income, table: IncomeTable) -> Ability:
    """A twelfth of the year's part, down to the nearest whole or half hundred (§ 11, stk. 2)."""
    row = table.row_for(income.yearly)
    percent = row.percent_with_children if income.has_children else row.percent
    monthly = income.yearly.ore * percent // (100 * _MONTHS_A_YEAR)
    is_low = income.yearly < table.low_income_below
    return Ability(
        income,
        percent,
        _rounded_down(Money(monthly), table.rounded_down_to),
        is_low,
        row.is_derived,
    )


class ProposalKind(StrEnum):
    """What can be proposed to somebody who cannot pay at once."""

    INSTALMENTS = "instalments"  # afdrag
    BY_TABLE = "by-table"  # afdrag fastsat efter tabellen
    INCOME_NEEDED = "income-needed"  # tabellen kan først bruges, når indkomsten er kendt
    TOO_LITTLE = "too-little"  # der er ikke nok til et afdrag
    NOT_OFFERED = "not-offered"  # kravets type kan ikke afdrages


@dataclass(frozen=True, slots=True)
class Proposal:
    """*monthly* and *months* are None where no instalments can be proposed."""

    kind: ProposalKind
    why: tuple[Phrase, ...]
    monthly: Money | None = None
    months: int | None = None
    has_low_income: bool = False


def propose(
    owed: Money,
    ability: Ability | None,
    budget: Budget | None,
    rule: AgreementRule | None,
    step: Money,
) -> Proposal:
    """Instalments within *rule* that the debtor can bear, as far as that is known.

    *step*: what an instalment should be a multiple of. A plan by the table is fixed by it alone.
    """
    if rule is None or not rule.is_offered:
        return Proposal(ProposalKind.NOT_OFFERED, (Phrase("agreement-not-offered", {}),))
    if rule.by_income_table:
        return _by_table(owed, ability, budget)
    known = _known_limits(ability, budget)
    most = min((limit for limit, _ in known), default=None)
    why = tuple(why for _, why in known)
    return _within(owed, most, rule, step, ability, why)


def _by_table(owed: Money, ability: Ability | None, budget: Budget | None) -> Proposal:
    if ability is None:
        return Proposal(ProposalKind.INCOME_NEEDED, (Phrase("proposal-income-needed", {}),))
    is_strain = budget is not None and not budget.bears(ability.monthly)
    strain = (_of_budget(budget),) if budget and is_strain else ()
    why = (_of_ability(ability), Phrase("proposal-fixed", {}), *strain)
    if not ability.monthly:
        return Proposal(ProposalKind.TOO_LITTLE, why)
    monthly = min(ability.monthly, owed)
    return Proposal(ProposalKind.BY_TABLE, why, monthly, _months(owed, monthly), ability.is_low)


def _known_limits(ability: Ability | None, budget: Budget | None) -> list[tuple[Money, Phrase]]:
    """What each of the things we know lets the debtor pay a month."""
    limits = []
    if ability:
        limits.append((ability.monthly, _of_ability(ability)))
    if budget:
        limits.append((max(budget.disposable, NOTHING), _of_budget(budget)))
    return limits


def _within(
    owed: Money,
    most: Money | None,
    rule: AgreementRule,
    step: Money,
    ability: Ability | None,
    why: tuple[Phrase, ...],
) -> Proposal:
    """As quickly as the debtor can without strain; without knowing that, as slowly as we may."""
    least = min(rule.minimum_instalment, owed)
    usual = max(_rounded_up(_share(owed, rule.max_months), step), least)
    if most is None:
        why = (Phrase("proposal-longest", {"months": rule.max_months}),)
        return _instalments(owed, min(usual, owed), why)
    if most >= usual:
        monthly = max(_rounded_down(most, step), usual)
        return _instalments(owed, min(monthly, owed), why)
    return _slowly(owed, most, rule, step, ability, why)


def _slowly(
    owed: Money,
    most: Money,
    rule: AgreementRule,
    step: Money,
    ability: Ability | None,
    why: tuple[Phrase, ...],
) -> Proposal:
    """Who cannot bear the usual instalments has the time of those with little, if that will do."""
    least = max(_share(owed, rule.max_months_low_income), min(rule.minimum_instalment, owed))
    is_longer = rule.max_months_low_income > rule.max_months
    if not is_longer or most < least:
        needed = Phrase("proposal-least", {"least": least, "can": most})
        return Proposal(ProposalKind.TOO_LITTLE, (*why, needed))
    monthly = max(_rounded_down(most, step), least)
    code = "proposal-low-income" if ability and ability.is_low else "proposal-longer"
    more = Phrase(code, {"months": rule.max_months_low_income})
    return _instalments(owed, monthly, (*why, more), has_low_income=True)


def _instalments(
    owed: Money, monthly: Money, why: tuple[Phrase, ...], *, has_low_income: bool = False
) -> Proposal:
    months = _months(owed, monthly)
    return Proposal(ProposalKind.INSTALMENTS, why, monthly, months, has_low_income)


def _of_ability(ability: Ability) -> Phrase:
    code = "proposal-ability-children" if ability.income.has_children else "proposal-ability"
    values: dict[str, Value] = {
        "income": ability.income.yearly,
        "percent": ability.percent,
        "monthly": ability.monthly,
    }
    return Phrase(code, values)


def _of_budget(budget: Budget) -> Phrase:
    return Phrase("proposal-budget", {"left": budget.disposable})


def _months(owed: Money, monthly: Money) -> int:
    return -(-owed.ore // monthly.ore)


def _share(owed: Money, months: int) -> Money:
    return Money(-(-owed.ore // max(months, 1)))


def _rounded_down(amount: Money, step: Money) -> Money:
    return Money(amount.ore // step.ore * step.ore)


def _rounded_up(amount: Money, step: Money) -> Money:
    return Money(-(-amount.ore // step.ore) * step.ore)
