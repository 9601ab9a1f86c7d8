"""What can be proposed for some claims of a debtor, by the rule that holds for them all."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.agreements.ability import Income, Proposal, ability_to_pay, propose, table_on
from domain.agreements.budget import Budget
from domain.errors import Fault, Invalid, NotFound
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.agreements.terms import strictest_rule
from persistence.models import Claim

_OWED = select(Claim.id, Claim.debtor_id, Claim.claim_type, Claim.balance_ore).where(
    Claim.id.in_(bindparam("claims", expanding=True))
)


async def propose_for(
    connection: AsyncConnection,
    policy: Policy,
    claim_ids: Sequence[str],
    income: Income | None,
    budget: Budget | None,
    on: date,
) -> tuple[Proposal, str]:
    """The proposal, and where its limits come from. Raises NotFound; Invalid for two debtors."""
    rows = (await connection.execute(_OWED, {"claims": sorted(set(claim_ids))})).all()
    if len(rows) < len(set(claim_ids)):
        raise NotFound("claim", ", ".join(sorted(claim_ids)))
    if len({row.debtor_id for row in rows}) > 1:
        raise Invalid(Fault("claim_ids", "agreement-needs-one-debtor"))
    owed = [(row.claim_type, Money(row.balance_ore)) for row in rows]
    return propose_over(policy, owed, income, budget, on)


def propose_over(
    policy: Policy,
    owed: Sequence[tuple[str, Money]],
    income: Income | None,
    budget: Budget | None,
    on: date,
) -> tuple[Proposal, str]:
    """As `propose_for`, for what is *owed*: the type of each claim and its balance."""
    table = table_on(policy.income_table, on)
    ability = None if income is None else ability_to_pay(income, table)
    types, total = [code for code, _ in owed], sum((one for _, one in owed), NOTHING)
    step = table.rounded_down_to
    try:
        entry = strictest_rule(policy, types, on)
    except Invalid:
        return propose(total, ability, budget, None, step), _why_not(policy, types, on)
    return propose(total, ability, budget, entry.value, step), entry.source


def _why_not(policy: Policy, types: Sequence[str], on: date) -> str:
    """Who has decided that one of the claims is not paid in instalments."""
    entries = [policy.claim_type(code).agreement.entry_on(on) for code in types]
    return next((one.source for one in entries if one and not one.value.is_offered), "")
