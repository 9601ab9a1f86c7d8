"""A claim proposed to be given up, and what the second person says to it."""

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.decisions import Outcome
from domain.endings.write_off import (
    Approval,
    CommitteeDecision,
    NewWriteOff,
    WriteOffFacts,
    faults_of_committee,
    faults_of_proposal,
    require_approval,
)
from domain.errors import Conflict, Fault, Invalid
from domain.money import Money
from domain.policy import Policy
from persistence.columns import every
from persistence.models import WriteOff
from persistence.tasks.answers import NewDecision
from persistence.trail.audit import note

_FACTS = text("""
select c.balance_ore, max(b.limitation_date) as barred_after, count(*) as liable
from claims c join liabilities b on b.claim_id = c.id and b.discharged_on is null
where c.id = :claim group by c.id""")
_PROPOSED = text(f"""
select {every(WriteOff, "w")}, c.balance_ore from write_offs w join claims c on c.id = w.claim_id
where w.claim_id = :claim and w.state = 'proposed' and w.batch_id is null""")
_STANDS = select(WriteOff.id).where(
    WriteOff.claim_id == bindparam("claim"), WriteOff.state.in_(("proposed", "approved"))
)
_LIES_WITH = text("""
select 1 from attachments a where a.id = :attachment and (a.claim_id = :claim
  or a.debtor_id in (select debtor_id from liabilities where claim_id = :claim))""")


async def propose_write_off(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """The proposal an assessment ended with. Raises Invalid; Conflict when there is one already."""
    if decision.outcome is not Outcome.WRITE_OFF or decision.write_off is None:
        return
    wish, claim_id = decision.write_off, task.claim_id
    if (await connection.execute(_STANDS, {"claim": claim_id})).first():
        raise Conflict(f"claim {claim_id} is proposed for write-off already")
    facts = (await connection.execute(_FACTS, {"claim": claim_id})).mappings().one()
    rule = policy.endings.write_off(on)
    owed = Money(facts["balance_ore"])
    found = WriteOffFacts(owed, facts["barred_after"], facts["liable"])
    faults = list(faults_of_proposal(rule, wish, found, on))
    faults += await faults_of_attachment(
        connection, claim_id, wish.attachment_id, "write-off-document"
    )
    if faults:
        raise Invalid(*faults)
    values = proposal_row(policy, claim_id, wish, facts["balance_ore"], actor, on)
    values |= {"task_id": task.id, "explanation": decision.reasons}
    await connection.execute(insert(WriteOff), values)
    await note(connection, claim_id, actor.id, "write-off-proposed", reason=wish.reason)


def proposal_row(
    policy: Policy, claim_id: str, wish: NewWriteOff, ore: int, actor: Actor, on: date
) -> dict[str, Any]:
    """The columns every proposal has. The reason must be one that may be used."""
    rule = policy.endings.write_off(on)
    ground = rule.rule_for(wish.reason)
    assert ground, "checked before"
    return {
        "claim_id": claim_id,
        "reason": ground.reason.value,
        "legal_basis": ground.legal_basis,
        "proved_on": wish.on,
        "attachment_id": wish.attachment_id,
        "journal": wish.journal,
        "amount_ore": ore,
        "approval": rule.approval_of(Money(ore)).value,
        "proposed_by": actor.id,
        "proposed_on": on,
    }


async def faults_of_attachment(
    connection: AsyncConnection, claim_id: str, attachment_id: int | None, field: str
) -> list[Fault]:
    """A document must lie with the claim or with who owes it."""
    if attachment_id is None:
        return []
    values = {"attachment": attachment_id, "claim": claim_id}
    if (await connection.execute(_LIES_WITH, values)).first():
        return []
    return [Fault(field, "write-off-document-elsewhere")]


async def settle_write_off(
    connection: AsyncConnection,
    policy: Policy,
    task: Any,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> None:
    """What the second person said: the story ends the claim when they agreed.

    One that was proposed before reasons were told has no proposal of its own. Raises NotAllowed
    when the amount asks for more, and Invalid until the committee's decision is written down.
    """
    row = await standing_proposal(connection, task.claim_id)
    if row is None:
        return
    values: dict[str, Any] = {"state": "refused", "decided_by": actor.id, "decided_on": on}
    if decision.outcome is Outcome.APPROVED:
        approval = policy.endings.write_off(on).approval_of(Money(row["balance_ore"]))
        values["state"] = "approved"
        values |= await approval_row(connection, task.claim_id, approval, decision, actor, on)
    await connection.execute(update(WriteOff).where(WriteOff.id == row["id"]).values(values))
    await note(connection, task.claim_id, actor.id, f"write-off-{values['state']}", id=row["id"])


async def standing_proposal(connection: AsyncConnection, claim_id: str) -> RowMapping | None:
    """The one that waits for a second person, with what the claim owes now."""
    return (await connection.execute(_PROPOSED, {"claim": claim_id})).mappings().first()


async def approval_row(
    connection: AsyncConnection,
    claim_id: str,
    approval: Approval,
    decision: NewDecision,
    actor: Actor,
    on: date,
) -> dict[str, Any]:
    """The columns of who agreed. Raises NotAllowed when it asks for more than the actor is.

    Raises Invalid until what the committee decided is written down.
    """
    require_approval(actor, approval)
    values = {"approval": approval.value}
    if approval is not Approval.COMMITTEE:
        return values
    return values | await _committee_row(connection, claim_id, decision.committee, on)


async def _committee_row(
    connection: AsyncConnection, claim_id: str, decision: CommitteeDecision | None, on: date
) -> dict[str, Any]:
    """The columns of what was decided outside the house. Raises Invalid until all is told."""
    faults = list(faults_of_committee(decision, on))
    if decision:
        number = decision.attachment_id
        faults += await faults_of_attachment(connection, claim_id, number, "committee-document")
    if faults or decision is None:
        raise Invalid(*faults)
    return {
        "committee_on": decision.on,
        "committee_item": decision.item,
        "committee_attachment_id": decision.attachment_id,
        "committee_journal": decision.journal,
    }
