"""What a claim is weighed by, and how often people decide otherwise than was recommended."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.ability import Income, ability_to_pay, table_on
from domain.agreements.assessment_rules import AssessmentRule, IncomeTable
from domain.agreements.budget import Budget
from domain.agreements.recommendation import Recommendation, Weighed, recommend
from domain.claim import HoldReason
from domain.distraints.routing import route
from domain.errors import NotFound
from domain.money import Money
from domain.policy import AgreementRule, Policy

_KNOWN = text("""
select c.claim_type, c.balance_ore, c.due_date, c.limitation_date, c.period_end,
  (select max(e.effective_on) from ledger_entries e where e.kind = 'payment' and e.claim_id in
    (select id from claims where debtor_id = c.debtor_id)) as last_paid_on,
  (select count(*) from claims o where o.debtor_id = c.debtor_id and o.ending = 'paid')
    + (select count(*) from agreements g where g.debtor_id = c.debtor_id and g.state = 'kept')
    as kept,
  (select count(*) from agreements g where g.debtor_id = c.debtor_id and g.state = 'broken')
    as broken,
  (select coalesce(sum(o.balance_ore), 0)::bigint from claims o where o.debtor_id = c.debtor_id
    and o.id <> c.id and o.ending is null and o.stage not in ('transfer', 'recovery'))
    as others_ore,
  (select coalesce(sum(o.balance_ore), 0)::bigint from claims o where o.debtor_id = c.debtor_id
    and o.id <> c.id and o.stage in ('transfer', 'recovery')) as at_authority_ore,
  (select array_agg(h.reason) from holds h where h.claim_id = c.id and h.released_on is null
    and (h.until is null or h.until >= :on)) as holds,
  exists (select from tasks t where t.claim_id = c.id and t.kind = 'objection'
    and t.state = 'open') as is_disputed,
  (select d.status from debtors d where d.id = c.debtor_id) as status,
  (select x.facts from decisions x join tasks t on t.id = x.task_id where t.claim_id in
    (select id from claims where debtor_id = c.debtor_id)
    and (x.facts ? 'budget_ore' or x.facts ? 'income_ore')
    order by x.id desc limit 1) as told
from claims c where c.id = :claim""").columns(told=JSONB)

_COUNTED = text("""
select d.facts ->> 'recommended' as recommended, d.outcome, count(*) as claims
from decisions d join tasks t on t.id = d.task_id
where t.kind = 'assessment' and d.facts ? 'recommended'
  and cast(d.decided_at at time zone 'Europe/Copenhagen' as date) between :first and :last
group by 1, 2 order by 1, 2""")

_UNSETTLED_STATUS = {"dead", "emigrated", "bankrupt", "dissolved"}
_UNSETTLED_HOLDS = {
    HoldReason.DEATH.value,
    HoldReason.BANKRUPTCY.value,
    HoldReason.DEBT_RELIEF.value,
    HoldReason.INSOLVENCY.value,
    HoldReason.HARDSHIP.value,
    HoldReason.MISSING_ADDRESS.value,
}
_DISPUTED_HOLDS = {HoldReason.OBJECTION.value, HoldReason.COMPLAINT.value}


async def recommendation_for(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> Recommendation:
    """What the house would do with the claim today. Raises NotFound."""
    found = await connection.execute(_KNOWN, {"claim": claim_id, "on": on})
    row = found.mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    return recommend(_weighed(policy, row, on), assessment_rule(policy, on))


def assessment_rule(policy: Policy, on: date) -> AssessmentRule:
    """In force on the day *on*, or the first there is."""
    return policy.assessment.on(on) or policy.assessment.entries[0].value


def as_kept(recommendation: Recommendation) -> dict[str, Any]:
    """As the decision keeps it: the advice, and which facts spoke for what."""
    pulls = {pull.fact.value: dict(pull.toward) for pull in recommendation.pulls}
    return {"recommended": recommendation.advice.value, "pulls": pulls}


def _weighed(policy: Policy, row: RowMapping, on: date) -> Weighed:
    claim_type = policy.claim_type(row["claim_type"])
    rule, balance = claim_type.agreement.on(on), Money(row["balance_ore"])
    holds = set(row["holds"] or ())
    return Weighed(
        on=on,
        balance=balance,
        due_date=row["due_date"],
        limitation_date=row["limitation_date"],
        route=route(claim_type, row["period_end"], on),
        is_agreement_offered=rule is not None and rule.is_offered,
        last_paid_on=row["last_paid_on"],
        kept=row["kept"],
        broken=row["broken"],
        can_pay=_can_pay(row["told"], rule, balance, table_on(policy.income_table, on)),
        others=Money(row["others_ore"]),
        at_authority=Money(row["at_authority_ore"]),
        is_in_dispute=row["is_disputed"] or bool(holds & _DISPUTED_HOLDS),
        is_unsettled=row["status"] in _UNSETTLED_STATUS or bool(holds & _UNSETTLED_HOLDS),
    )


def _can_pay(
    told: Mapping[str, Any] | None,
    rule: AgreementRule | None,
    balance: Money,
    table: IncomeTable,
) -> bool | None:
    """Whether what the debtor last told of their means bears the smallest instalment we take."""
    if not told:
        return None
    months = rule.max_months_low_income if rule and rule.is_offered else 1
    least = Money(-(-balance.ore // max(months, 1)))
    if rule and rule.is_offered:
        least = max(least, min(rule.minimum_instalment, balance))
    if "budget_ore" in told:
        parts = {name: Money(ore) for name, ore in told["budget_ore"].items()}
        return Budget(**parts).bears(least)
    income = Income(Money(told["income_ore"]), bool(told.get("has_children")))
    return ability_to_pay(income, table).monthly >= least


async def count_assessments(
    connection: AsyncConnection, first: date, last: date
) -> Sequence[RowMapping]:
    """Of the assessments decided within the days: what was recommended, and what was decided."""
    found = await connection.execute(_COUNTED, {"first": first, "last": last})
    return found.mappings().all()
