"""How a distraint hearing is set, moved and called off: one act, one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.deadlines import dispatch_day
from domain.decisions import Outcome, TaskKind
from domain.distraints.distraint import Slot
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.money import NOTHING
from domain.policy import Policy
from persistence.claims.facts import read_facts
from persistence.claims.telling import is_settled
from persistence.columns import every
from persistence.distraints.checks import (
    Proposal,
    facts_of_living,
    propose,
    require_free_bailiff,
)
from persistence.distraints.money import Cost, charge_notice, take_back_notice_fee
from persistence.distraints.notices import take_back_unsent, tell_all, tell_it_is_off
from persistence.models import Distraint, DistraintHearing, Task
from persistence.outbox import tell
from persistence.tasks.answers import NewDecision
from persistence.tasks.deciding import decide
from persistence.tasks.open_tasks import open_task, require_free
from persistence.trail.audit import note

_PROCEEDING = text(f"""
select {every(Distraint, "d")},
  t.id as task_id, h.number, h.starts_at, h.place, h.is_outside, h.id as hearing_id
from distraints d
join tasks t on t.subject = d.claim_id and t.key = d.task_key
join lateral (select * from distraint_hearings where distraint_id = d.id
  order by number desc limit 1) h on true
where d.id = :distraint""")


@dataclass(frozen=True, slots=True)
class _Setting:
    """A hearing as it is written down. *reason*: why it was moved or adjourned."""

    claim_id: str
    number: int
    slot: Slot
    cost: Cost
    actor: Actor
    on: date
    reason: str = ""


async def foresee_hearing(
    connection: AsyncConnection, policy: Policy, task_id: int, slot: Slot, on: date
) -> Proposal:
    """What `set_hearing` would come to, with nothing written down. Raises as it does."""
    task = await _distraint_task(connection, task_id)
    facts = await facts_of_living(connection, policy, task.claim_id, on)
    return await propose(connection, policy, facts, slot, on)


async def set_hearing(
    connection: AsyncConnection, policy: Policy, task_id: int, slot: Slot, actor: Actor, on: date
) -> int:
    """Set the first hearing, tell all debtors when and where, and charge the notice; the distraint.

    Raises Invalid, NotAllowed, NotFound, TaskTaken, AlreadyDecided, ClaimHasEnded; Conflict when
    one is set already.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    task = await _distraint_task(connection, task_id)
    await require_free(connection, task, actor, on)
    facts = await facts_of_living(connection, policy, task.claim_id, on)
    proposal = await propose(connection, policy, facts, slot, on)
    await require_free_bailiff(connection, policy, actor.id, facts.id, slot, on)
    fee = await charge_notice(connection, policy, facts, proposal.cost, dispatch_day(on), on)
    distraint_id = await _open(connection, task, proposal, fee, actor, on)
    setting = _Setting(facts.id, 1, slot, proposal.cost, actor, on)
    await _write_down(connection, distraint_id, setting)
    await _take_task(connection, task_id, slot, actor)
    await note(connection, facts.id, actor.id, "distraint-hearing-set", distraint=distraint_id)
    return distraint_id


async def move_hearing(
    connection: AsyncConnection,
    policy: Policy,
    distraint_id: int,
    slot: Slot,
    reason: str,
    actor: Actor,
    on: date,
) -> None:
    """Set it anew, and tell all again; the notice is charged once. Raises as `set_hearing`.

    A notice of the earlier hour that has not left does not leave any more.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    if not reason.strip():
        raise Invalid(Fault("reason", "hearing-move-without-reason"))
    proceeding, task = await open_proceeding(connection, distraint_id, actor, on)
    facts = await facts_of_living(connection, policy, task.claim_id, on)
    proposal = await propose(connection, policy, facts, slot, on, is_first=False)
    await require_free_bailiff(connection, policy, actor.id, facts.id, slot, on)
    await take_back_unsent(connection, facts.id, distraint_id)
    number = proceeding.number + 1
    setting = _Setting(facts.id, number, slot, proposal.cost, actor, on, reason)
    await _write_down(connection, distraint_id, setting)
    taken = update(Distraint).where(Distraint.id == distraint_id).values(bailiff=actor.id)
    await connection.execute(taken)
    await _take_task(connection, task.id, slot, actor)
    await note(connection, facts.id, actor.id, "distraint-hearing-moved", distraint=distraint_id)


async def call_off(
    connection: AsyncConnection,
    policy: Policy,
    distraint_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    on: date,
) -> None:
    """The town gives the hearing up (frafalder kald og varsel): its notice costs nothing then.

    Whoever has had the notice is told that it is not held.
    """
    require(actor, Right.HOLD_DISTRAINT_HEARINGS)
    if not reason.strip():
        raise Invalid(Fault("reason", "reasons-missing"))
    proceeding, task = await open_proceeding(connection, distraint_id, actor, on)
    claim_id = task.claim_id
    facts = await read_facts(connection, claim_id, on)
    await take_back_unsent(connection, claim_id, distraint_id)
    await tell_it_is_off(connection, distraint_id, on)
    owed = await take_back_notice_fee(connection, policy, claim_id, proceeding.fee_entry_id, on)
    marked = update(Distraint).where(Distraint.id == distraint_id).values(called_off_on=on)
    await connection.execute(marked)
    decision = NewDecision(Outcome.CANCELLED, reason)
    await decide(connection, policy, task.id, decision, actor, now, on)
    if owed is not None and is_settled(policy, facts.claim, owed, on):
        await tell(connection, f"claim-{claim_id}", "settled")
    await note(connection, claim_id, actor.id, "distraint-called-off", distraint=distraint_id)


async def open_proceeding(
    connection: AsyncConnection, distraint_id: int, actor: Actor, on: date
) -> tuple[Any, Any]:
    """The proceeding and its task, with the claim locked, where nothing has come of it yet.

    Raises NotFound, AlreadyDecided, ClaimHasEnded, TaskTaken; Conflict when it was called off.
    """
    found = (await connection.execute(_PROCEEDING, {"distraint": distraint_id})).first()
    if found is None:
        raise NotFound("distraint", distraint_id)
    task = await open_task(connection, found.task_id)
    await require_free(connection, task, actor, on)
    proceeding = (await connection.execute(_PROCEEDING, {"distraint": distraint_id})).one()
    if proceeding.called_off_on:
        raise Conflict(f"distraint {distraint_id} was called off")
    return proceeding, task


async def _distraint_task(connection: AsyncConnection, task_id: int) -> Any:
    task = await open_task(connection, task_id)
    if task.kind != TaskKind.DISTRAINT:
        raise NotFound("task", task_id)
    taken = text("select id from distraints where claim_id = :claim and task_key = :key")
    values = {"claim": task.claim_id, "key": task.key}
    if (await connection.execute(taken, values)).first():
        raise Conflict(f"task {task_id} has a hearing")
    return task


async def _open(
    connection: AsyncConnection,
    task: Any,
    proposal: Proposal,
    fee: int | None,
    actor: Actor,
    on: date,
) -> int:
    row = {
        "claim_id": task.claim_id,
        "task_key": task.key,
        "bailiff": actor.id,
        "opened_on": on,
        "ordered_on": proposal.ordered_on,
        "demanded_on": proposal.demanded_on,
        "fee_entry_id": fee,
    }
    found = await connection.execute(insert(Distraint).returning(Distraint.id), row)
    return int(found.scalar_one())


async def _write_down(connection: AsyncConnection, distraint_id: int, setting: _Setting) -> None:
    """The record of it, and a notice to each who owes the claim or owns what it is about."""
    slot, cost, on = setting.slot, setting.cost, setting.on
    court = cost.court_fee.amount if cost.court_fee else NOTHING
    row = {
        "distraint_id": distraint_id,
        "number": setting.number,
        "starts_at": slot.starts_at,
        "place": slot.place.strip(),
        "is_outside": slot.is_outside,
        "expected_ore": cost.expected.ore,
        "court_fee_ore": court.ore,
        "reason": setting.reason,
        "is_adjourned": slot.is_adjourned,
        "set_by": setting.actor.id,
        "set_on": on,
    }
    await connection.execute(insert(DistraintHearing), row)
    await tell_all(connection, distraint_id, on)


async def _take_task(connection: AsyncConnection, task_id: int, slot: Slot, actor: Actor) -> None:
    """It is the bailiff's now, and due on the day of the hearing."""
    values = {"claimed_by": actor.id, "due_on": slot.day, "snoozed_until": None}
    await connection.execute(update(Task).where(Task.id == task_id).values(**values))
