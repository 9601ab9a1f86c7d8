"""An estate that left nothing: what its debtor owed is proposed to be given up, or them freed."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.claim import HoldReason
from domain.endings.suspension import ground_of
from domain.endings.write_off import NewWriteOff, WriteOffFacts, faults_of_proposal
from domain.errors import Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from persistence.endings.discharging import NewDischarge, propose_discharge
from persistence.endings.write_off_batches import BatchRow, NewBatch, propose_batch
from persistence.endings.writing_off import faults_of_attachment
from persistence.tasks.answers import NewDecision

# Locked first and asked then: what others proposed meanwhile must be seen.
_LOCK = text("""
select id from claims where id in (select claim_id from holds where suspension_id = :number
  and released_on is null) order by id for no key update""")
_RESTING = text("""
select c.id, c.balance_ore,
  (select max(b.limitation_date) from liabilities b where b.claim_id = c.id) as barred_after,
  (select count(*) from liabilities b where b.claim_id = c.id and b.discharged_on is null)
    as liable,
  exists (select from write_offs w where w.claim_id = c.id
    and w.state in ('proposed', 'approved')) as is_proposed,
  exists (select from discharges d where d.claim_id = c.id and d.debtor_id = :debtor
    and d.state = 'proposed') as is_freed
from claims c where c.id in (select claim_id from holds where suspension_id = :number
    and released_on is null) and c.ending is null and not c.is_withdrawn
  and c.stage not in ('transfer', 'recovery') and c.balance_ore > 0
order by c.id""")


@dataclass(frozen=True, slots=True)
class EstateEnding:
    """*number*: of the suspension. *task_id*: where it was told that nothing is left."""

    number: int
    reason: HoldReason
    debtor_id: int | None
    task_id: int


async def propose_to_give_up(
    connection: AsyncConnection,
    policy: Policy,
    estate: EstateEnding,
    decision: NewDecision,
    on: date,
    actor: Actor,
) -> None:
    """What the debtor alone owes is to be given up; of what others owe too they are to be freed.

    Raises Invalid where the reason leaves no estate, without proof, and where nothing rests.
    """
    wish = _wish(estate, decision)
    values = {"number": estate.number, "debtor": estate.debtor_id}
    await connection.execute(_LOCK, {"number": estate.number})
    rows = (await connection.execute(_RESTING, values)).mappings().all()
    free = [row for row in rows if not (row["is_proposed"] or row["is_freed"])]
    if not free:
        raise Invalid(Fault("outcome", "estate-without-claims"))
    await _require_proof(connection, policy, wish, free[0], on)
    alone = [row for row in free if row["liable"] == 1]
    if alone:
        batch = NewBatch(wish, decision.reasons, estate.number, estate.task_id)
        taken = [BatchRow(row["id"], Money(row["balance_ore"])) for row in alone]
        await propose_batch(connection, policy, batch, taken, actor, on)
    for row in free:
        if row["liable"] > 1 and estate.debtor_id is not None:
            freed = NewDischarge(row["id"], estate.debtor_id, wish, decision.reasons)
            await propose_discharge(connection, policy, freed, on, actor, estate.task_id)


def _wish(estate: EstateEnding, decision: NewDecision) -> NewWriteOff:
    ground, told = ground_of(estate.reason), decision.write_off
    if ground is None:
        raise Invalid(Fault("outcome", "estate-has-none"))
    if told is None or told.reason != ground:
        raise Invalid(Fault("write-off-reason", "estate-other-ground", {"ground": ground.value}))
    return told


async def _require_proof(
    connection: AsyncConnection,
    policy: Policy,
    wish: NewWriteOff,
    row: RowMapping,
    on: date,
) -> None:
    """Of each claim alike: its owner is the same, and so is what proves it."""
    facts = WriteOffFacts(Money(row["balance_ore"]), row["barred_after"], 1)
    faults = list(faults_of_proposal(policy.endings.write_off(on), wish, facts, on))
    faults += await faults_of_attachment(
        connection, row["id"], wish.attachment_id, "write-off-document"
    )
    if faults:
        raise Invalid(*faults)
