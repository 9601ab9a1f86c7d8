"""Who must hear that money has moved on a claim: its story, its agreement, the authority."""

from datetime import date

from sqlalchemy import BigInteger, RowMapping, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.outbox import tell
from persistence.reporting import report_payment

_COUNT = text("""
with raised as (
  update agreements set paid_ore = paid_ore + :ore where id = :agreement and state = 'active'
  returning id, paid_ore
), counted as (
  select r.id, count(*) filter (where i.total_ore <= r.paid_ore) as covered,
    count(*) filter (where i.total_ore <= r.paid_ore - :ore) as before
  from raised r join instalments i on i.agreement_id = r.id group by r.id
)
insert into outbox (target, name, payload, attempts)
select 'agreement-' || id, 'instalments_covered', jsonb_build_object('covered', covered), 0
from counted where covered <> before""").bindparams(bindparam("ore", type_=BigInteger))


async def tell_of_payment(
    connection: AsyncConnection,
    policy: Policy,
    claim: RowMapping,
    payment_id: int,
    amount: Money,
    balance: Money,
    on: date,
) -> None:
    """Tell only those whose next step it changes. *balance* is what is owed now."""
    if Stage(claim["stage"]).is_with_the_collector:
        await report_payment(connection, claim["id"], amount, payment_id, on)
    elif is_settled(policy, claim, balance, on):
        await tell(connection, f"claim-{claim['id']}", "settled")
    if claim["agreement_id"]:
        await count_towards_agreement(connection, claim["agreement_id"], amount)


def is_settled(policy: Policy, claim: RowMapping, balance: Money, on: date) -> bool:
    """Whether what is left is nothing, or too little to bother anyone with."""
    limits = policy.claim_type(claim["claim_type"]).small_amounts.on(on)
    return balance <= (limits.tolerance if limits else NOTHING)


async def count_towards_agreement(
    connection: AsyncConnection, agreement_id: str, amount: Money
) -> None:
    """Tell the agreement when the payment covers one more of its instalments, or no longer does.

    *amount* is negative for money that was taken away again.
    """
    await connection.execute(_COUNT, {"agreement": agreement_id, "ore": amount.ore})
