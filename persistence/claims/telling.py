"""Who must hear that money has moved on a claim: its story, its agreement, the authority."""

from datetime import date

from sqlalchemy import BigInteger, RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.outbox import tell
from persistence.recovery.reporting import report_payment
from traces.carrying import carrying

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
select 'agreement-' || id, 'instalments_covered',
  jsonb_build_object('covered', covered) || :origin, 0
from counted where covered <> before""").bindparams(
    bindparam("ore", type_=BigInteger), bindparam("origin", type_=JSONB)
)

# What lies on the claim of a payment, by the lines written since the agreement was made.
_COUNTED = text("""
select -sum(e.amount_ore)::bigint from agreement_claims k join agreements g on g.id = k.agreement_id
join ledger_entries e on e.claim_id = k.claim_id and e.payment_id = :payment
  and e.kind in ('payment', 'refund', 'charge-back')
  and (e.seq > k.ledger_seq or k.ledger_seq is null and e.booked_on >= g.signed_on)
where k.agreement_id = :agreement and k.claim_id = :claim""")


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
    """Tell the agreement when the payment covers one more of its instalments, or no longer does."""
    values = {"agreement": agreement_id, "ore": amount.ore, "origin": carrying({})}
    await connection.execute(_COUNT, values)


async def count_no_longer(
    connection: AsyncConnection, agreement_id: str, claim_id: str, payment_id: int, taken: Money
) -> None:
    """So much of the payment has been taken off the claim: what the agreement had counted of it.

    Nothing of what came before the agreement was made: that is owed again beside its plan.
    """
    values = {"agreement": agreement_id, "claim": claim_id, "payment": payment_id}
    left = Money(await connection.scalar(_COUNTED, values) or 0)
    lost = min(max(left + taken, NOTHING), taken)
    if lost:
        await count_towards_agreement(connection, agreement_id, -lost)
