"""One debtor freed of a claim for which others go on being liable, once a second person agrees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.decisions import TaskKind
from domain.endings.write_off import (
    Approval,
    NewWriteOff,
    WriteOffFacts,
    WriteOffRule,
    faults_of_proposal,
)
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING
from domain.policy import Policy
from persistence.claims.locking import lock_living
from persistence.endings.writing_off import faults_of_attachment, proposal_row
from persistence.models import Discharge, Task
from persistence.people.substituting import done_for
from persistence.trail.audit import note

_LIABLE = text("""
select c.balance_ore, c.department, b.debtor_id, b.discharged_on, b.limitation_date,
  exists (select from discharges d where d.claim_id = c.id and d.debtor_id = b.debtor_id
    and d.state = 'proposed') as is_proposed
from claims c join liabilities b on b.claim_id = c.id where c.id = :claim
order by b.debtor_id""")
_HOLDER = text("""
select claimed_by, delegated_by from tasks
where subject = :claim and state = 'open' and claimed_by is not null order by id desc limit 1""")


@dataclass(frozen=True, slots=True)
class NewDischarge:
    """Whom a claim is to be owed by no more, and why."""

    claim_id: str
    debtor_id: int
    why: NewWriteOff
    explanation: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """*approval*: who must agree to it, as the amount is now."""

    number: int
    approval: Approval


async def propose_discharge(
    connection: AsyncConnection,
    policy: Policy,
    wish: NewDischarge,
    on: date,
    actor: Actor,
    task_id: int | None = None,
) -> Proposed:
    """Lay before a second person that the debtor owes it no more; until then all stays as it was.

    *task_id*: the question it answers. Raises NotFound, NotAllowed, Invalid, ClaimHasEnded;
    Conflict when it is proposed or so already.
    """
    require(actor, Right.WORK_ON_TASKS)
    claim_id = wish.claim_id
    own = await _checked(connection, policy, wish, on)
    values = proposal_row(policy, claim_id, wish.why, own["balance_ore"], actor, on)
    values |= {"debtor_id": wish.debtor_id, "explanation": wish.explanation, "task_id": task_id}
    values["proposed_for"] = await _proposed_for(connection, claim_id, actor, on)
    proposed = await _write_down(connection, values)
    await _ask(connection, policy, own, proposed.number, values, on)
    known = {"debtor": wish.debtor_id, "reason": wish.why.reason, "id": proposed.number}
    await note(connection, claim_id, actor.id, "discharge-proposed", **known)
    return proposed


async def _checked(
    connection: AsyncConnection, policy: Policy, wish: NewDischarge, on: date
) -> RowMapping:
    """The liability that is to end, when nothing speaks against it."""
    # Locked first and asked then: two who free the last two debtors wait for each other.
    await lock_living(connection, wish.claim_id)
    rows = (await connection.execute(_LIABLE, {"claim": wish.claim_id})).mappings().all()
    own, number = _own(rows, wish), wish.why.attachment_id
    faults = list(_faults(policy.endings.write_off(on), wish, own, rows, on))
    faults += await faults_of_attachment(connection, wish.claim_id, number, "write-off-document")
    if faults:
        raise Invalid(*faults)
    return own


def _own(rows: Sequence[RowMapping], wish: NewDischarge) -> RowMapping:
    """The liability that is to end."""
    own = next((row for row in rows if row["debtor_id"] == wish.debtor_id), None)
    if own is None:
        raise NotFound("debtor", wish.debtor_id)
    if own["discharged_on"] or own["is_proposed"]:
        raise Conflict(f"debtor {wish.debtor_id} is discharged, or proposed to be, already")
    return own


def _faults(
    rule: WriteOffRule,
    wish: NewDischarge,
    own: RowMapping,
    rows: Sequence[RowMapping],
    on: date,
) -> Iterator[Fault]:
    """Where nobody else is liable, the claim itself is to be given up."""
    facts = WriteOffFacts(NOTHING, own["limitation_date"], 1)
    yield from faults_of_proposal(rule, wish.why, facts, on)
    ground = rule.rule_for(wish.why.reason)
    if ground and not ground.is_personal:
        yield Fault("write-off-reason", "discharge-not-personal")
    if sum(not (row["discharged_on"] or row["is_proposed"]) for row in rows) == 1:
        yield Fault("debtor", "discharge-last-one")
    if not wish.explanation.strip():
        yield Fault("reasons", "reasons-missing")


async def _proposed_for(
    connection: AsyncConnection, claim_id: str, actor: Actor, on: date
) -> str | None:
    """Whose question about the claim it was, when it was not the actor's own."""
    question = (await connection.execute(_HOLDER, {"claim": claim_id})).first()
    return await done_for(connection, actor.id, question, on)


async def _write_down(connection: AsyncConnection, values: dict[str, Any]) -> Proposed:
    found = await connection.execute(insert(Discharge).returning(Discharge.id), values)
    return Proposed(int(found.scalar_one()), Approval(values["approval"]))


async def _ask(
    connection: AsyncConnection,
    policy: Policy,
    own: RowMapping,
    number: int,
    proposal: dict[str, Any],
    on: date,
) -> None:
    values = {
        "subject": f"discharge-{number}",
        "key": TaskKind.DISCHARGE_APPROVAL.value,
        "claim_id": proposal["claim_id"],
        "kind": TaskKind.DISCHARGE_APPROVAL.value,
        "department": own["department"],
        "opened_on": on,
        "due_on": working_days_after(on, policy.approval_days),
        "asked_by": proposal["proposed_by"],
        "facts": {"discharge": number, "debtor": proposal["debtor_id"]},
    }
    await connection.execute(insert(Task), values)
