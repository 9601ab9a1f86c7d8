"""What an agreement would be: who wishes what, by which rule, and when what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.agreements.ability import Income, ability_to_pay, table_on
from domain.agreements.acceptance import Acceptance, AcceptedBy, Acknowledged
from domain.agreements.agreement import Instalment as PlannedInstalment
from domain.agreements.agreement import plan
from domain.calendar import add_months
from domain.dated import Entry
from domain.errors import Fault, Invalid
from domain.money import NOTHING, Money
from domain.policy import AgreementRule, Policy
from persistence.claims.facts import ClaimFacts


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """Either *months* or *monthly* decides the plan; the other is None.

    *income*: where the plan is fixed by the income table it decides, and neither is given.
    *acceptance*: how the debtor said yes; None: in the talk, today. *follows*: the broken
    agreement it takes up again.
    """

    claim_ids: tuple[str, ...]
    first_due: date
    months: int | None = None
    monthly: Money | None = None
    has_low_income: bool = False
    income: Income | None = None
    acceptance: Acceptance | None = None
    follows: str | None = None

    def accepted(self, on: date) -> Acceptance:
        return self.acceptance or Acceptance(AcceptedBy.PHONE, Acknowledged.DEBT, on)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement would be, or is: what is owed, by which rule, and when what is paid.

    *shares*: what of it each claim owes.
    """

    shares: tuple[tuple[str, Money], ...]
    rule: AgreementRule
    source: str
    max_months: int
    instalments: tuple[PlannedInstalment, ...]
    first_wished: date

    @property
    def moved_from(self) -> date | None:
        """The day that was asked for where it is a closing day: the first is paid the day after."""
        is_moved = self.instalments[0].due_on != self.first_wished
        return self.first_wished if is_moved else None

    @property
    def owed(self) -> Money:
        return sum((share for _, share in self.shares), NOTHING)


def terms_of(
    policy: Policy,
    claims: Sequence[ClaimFacts],
    shares: Sequence[tuple[str, Money]],
    wish: NewAgreement,
    on: date,
) -> Terms:
    """What *wish* comes to for *claims* that owe *shares*. Raises Invalid where it may not be."""
    if len({facts.claim["debtor_id"] for facts in claims}) != 1:
        raise Invalid(Fault("claim_ids", "agreement-needs-one-debtor"))
    entry = strictest_rule(policy, [facts.claim["claim_type"] for facts in claims], on)
    rule, owed = entry.value, sum((share for _, share in shares), NOTHING)
    months, monthly = _asked_for(policy, rule, wish, on)
    most = rule.max_months_low_income if wish.has_low_income else rule.max_months
    _refuse_first_day(wish.first_due, on, most)
    instalments = plan(
        owed, wish.first_due, months, monthly, rule, has_low_income=wish.has_low_income
    )
    return Terms(tuple(shares), rule, entry.source, most, instalments, wish.first_due)


def _refuse_first_day(first_due: date, on: date, most: int) -> None:
    """It is neither over, nor later than the months a whole plan may last."""
    if first_due < on:
        raise Invalid(Fault("first_due", "day-is-past"))
    if first_due > add_months(on, most):
        raise Invalid(Fault("first_due", "agreement-first-too-late", {"months": str(most)}))


def _asked_for(
    policy: Policy, rule: AgreementRule, wish: NewAgreement, on: date
) -> tuple[int | None, Money | None]:
    """Months or an amount a month; by the income table, the amount it says and no other."""
    if not rule.by_income_table:
        return wish.months, wish.monthly
    if wish.income is None:
        raise Invalid(Fault("yearly_income", "agreement-needs-income"))
    monthly = ability_to_pay(wish.income, table_on(policy.income_table, on)).monthly
    if wish.months or (wish.monthly and wish.monthly != monthly):
        raise Invalid(Fault("monthly", "agreement-fixed-by-table", {"monthly": str(monthly)}))
    if not monthly:
        raise Invalid(Fault("yearly_income", "agreement-income-too-low"))
    return None, monthly


def strictest_rule(policy: Policy, claim_types: Sequence[str], on: date) -> Entry[AgreementRule]:
    """The rule for an agreement over claims of these types, with where it comes from.

    Raises Invalid when none is offered, or some are paid by the income table and others not.
    """
    entries = [policy.claim_type(code).agreement.entry_on(on) for code in claim_types]
    offered = [entry for entry in entries if entry and entry.value.is_offered]
    if not offered or len(offered) < len(entries):
        raise Invalid(Fault("claim_ids", "agreement-not-offered"))
    if len({entry.value.by_income_table for entry in offered}) > 1:
        raise Invalid(Fault("claim_ids", "agreement-table-apart"))
    return min(offered, key=lambda entry: entry.value.max_months)
