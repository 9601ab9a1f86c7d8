"""What must be true before a distraint hearing is set, and what setting it would come to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.deadlines import dispatch_day
from domain.distraints.distraint import (
    Slot,
    faults_of_slot,
    first_demand_day,
    first_hearing_day,
    in_danish,
    overlap,
)
from domain.errors import ClaimHasEnded, Fault, Invalid
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.telling import is_settled
from persistence.distraints.money import Cost, cost_of

# The demand is the letter the story wrote; it has come when the last debtor has it.
_DEMAND = text("""
select a.done_on as ordered_on, max(coalesce(l.delivered_on, l.dispatched_on)) as demanded_on,
  count(*) filter (where l.dispatched_on is null) as missing
from acts a join letters l on l.subject = a.subject and l.key = a.key and l.state <> 'cancelled'
where a.subject = :claim and starts_with(a.key, 'distraint-notice-')
group by a.id, a.done_on order by a.id desc limit 1""")
# Whoever sets hearings for one bailiff waits for the other who does.
_LOCK_BAILIFF = text("select id from users where id = :bailiff for no key update")
_BOOKED = text("""
select h.starts_at, d.claim_id from distraints d
join tasks t on t.subject = d.claim_id and t.key = d.task_key and t.state = 'open'
join lateral (select starts_at from distraint_hearings where distraint_id = d.id
  order by number desc limit 1) h on true
where d.bailiff = :bailiff and d.called_off_on is null and d.claim_id <> :claim
  and not exists (select from liabilities b join liabilities mine on mine.debtor_id = b.debtor_id
    where b.claim_id = d.claim_id and mine.claim_id = :claim)
  and h.starts_at between cast(:at as timestamptz) - interval '1 day'
    and cast(:at as timestamptz) + interval '1 day'""")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What setting a hearing would do: from which day it may be, and what it costs."""

    first_day: date
    ordered_on: date
    demanded_on: date
    cost: Cost


async def first_day_of(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> date | None:
    """From which day a hearing may be set; None while the demand has not come to all."""
    demand = (await connection.execute(_DEMAND, {"claim": claim_id})).first()
    if demand is None or demand.missing or demand.demanded_on is None:
        return None
    return first_hearing_day(policy.distraint_rule(on), demand.demanded_on, dispatch_day(on))


async def facts_of_living(
    connection: AsyncConnection, policy: Policy, claim_id: str, on: date
) -> ClaimFacts:
    """Raises ClaimHasEnded for what is paid or withdrawn already, Invalid in a hold."""
    facts = await read_facts(connection, claim_id, on)
    is_paid = is_settled(policy, facts.claim, facts.balance, on)
    if facts.claim["ending"] or facts.claim["is_withdrawn"] or is_paid:
        raise ClaimHasEnded(f"claim {claim_id}")
    if facts.holds:
        raise Invalid(Fault("day", "hearing-in-a-hold"))
    return facts


async def propose(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    slot: Slot,
    on: date,
    *,
    is_first: bool = True,
) -> Proposal:
    rule = policy.distraint_rule(on)
    demand = (await connection.execute(_DEMAND, {"claim": facts.id})).first()
    if demand is None or demand.missing or demand.demanded_on is None:
        raise Invalid(Fault("day", "demand-not-sent"))
    may_demand = first_demand_day(rule, facts.claim["last_timely_payment_date"])
    if demand.demanded_on < may_demand:
        raise Invalid(Fault("day", "demand-too-early", {"day": in_danish(may_demand)}))
    first_day = first_hearing_day(rule, demand.demanded_on, dispatch_day(on))
    if faults := list(faults_of_slot(rule, slot, first_day)):
        raise Invalid(*faults)
    cost = await cost_of(
        connection, policy, facts, slot.starts_at, slot.day,
        is_outside=slot.is_outside, is_fee_new=is_first,
    )  # fmt: skip
    return Proposal(first_day, demand.ordered_on, demand.demanded_on, cost)


async def require_free_bailiff(
    connection: AsyncConnection, policy: Policy, bailiff: str, claim_id: str, slot: Slot, on: date
) -> None:
    """Nobody is in two places at once; claims of one debtor are heard in one visit."""
    await connection.execute(_LOCK_BAILIFF, {"bailiff": bailiff})
    values = {"bailiff": bailiff, "claim": claim_id, "at": slot.starts_at}
    for row in await connection.execute(_BOOKED, values):
        if overlap(policy.distraint_rule(on), row.starts_at, slot.starts_at):
            raise Invalid(Fault("at", "hearing-hour-taken", {"claim": row.claim_id}))
