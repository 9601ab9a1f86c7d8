"""How a person takes a task and answers it; facts and message in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, require_second_person, right_to_decide
from domain.decisions import (
    ANSWERS,
    OUTCOMES_WITH_A_DAY,
    STORY_TASKS,
    Outcome,
    TaskKind,
)
from domain.errors import AlreadyDecided, ClaimHasEnded, Conflict, Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.agreeing import NewAgreement, let_join, make_agreement
from persistence.audit import note
from persistence.models import Claim, Decision, Task
from persistence.outbox import tell
from persistence.post import send_again


@dataclass(frozen=True, slots=True)
class NewDecision:
    """*look_again_on* goes with promise, not reached, keep and distraint made."""

    outcome: Outcome
    reasons: str
    look_again_on: date | None = None
    agreement: NewAgreement | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    task_id: int
    next_task_id: int | None


async def claim_task(connection: AsyncConnection, task_id: int, actor: Actor) -> None:
    """Take the task; raises Conflict when another person has it."""
    task = await _open_task(connection, task_id)
    require(actor, right_to_decide(TaskKind(task.kind)))
    if task.claimed_by not in {None, actor.id}:
        raise Conflict(f"task {task_id} is taken")
    await connection.execute(update(Task).where(Task.id == task_id).values(claimed_by=actor.id))
    await note(connection, task.subject, actor.id, "task-claimed", task=task_id)


async def release_task(connection: AsyncConnection, task_id: int, actor: Actor) -> None:
    """Lay the task back for others."""
    task = await _open_task(connection, task_id)
    if task.claimed_by != actor.id:
        raise Conflict(f"task {task_id} is not yours")
    await connection.execute(update(Task).where(Task.id == task_id).values(claimed_by=None))
    await note(connection, task.subject, actor.id, "task-released", task=task_id)


async def decide(
    connection: AsyncConnection,
    policy: Policy,
    task_id: int,
    decision: NewDecision,
    actor: Actor,
    now: datetime,
    on: date,
) -> Decided:
    """Record the answer and tell the story. The first answer counts.

    Raises AlreadyDecided, NotFound, NotAllowed (role, or own proposal), Invalid, Conflict.
    """
    task = await _open_task(connection, task_id)
    kind = TaskKind(task.kind)
    require(actor, right_to_decide(kind))
    if kind is TaskKind.WRITE_OFF_APPROVAL:
        require_second_person(actor, await _proposer(connection, task.claim_id))
    check(kind, decision, on)
    agreement_id = await _agree(connection, policy, decision, task.claim_id, on)
    await _record(connection, task_id, decision, agreement_id, actor, now)
    await _pass_on(connection, task, kind, decision, agreement_id, on)
    await note(
        connection, task.subject, actor.id, "decided", task=task_id, outcome=decision.outcome.value
    )
    return Decided(task_id, await _next_task(connection, task, actor))


def check(kind: TaskKind, decision: NewDecision, on: date) -> None:
    """Raises Invalid when the answer does not fit the question."""
    faults = []
    if decision.outcome not in ANSWERS[kind]:
        faults.append(Fault("outcome", "outcome-does-not-fit", {"kind": kind.value}))
    if not decision.reasons.strip():
        faults.append(Fault("reasons", "reasons-missing"))
    if decision.outcome in OUTCOMES_WITH_A_DAY:
        if decision.look_again_on is None:
            faults.append(Fault("look_again_on", "day-missing"))
        elif decision.look_again_on < on:
            faults.append(Fault("look_again_on", "day-is-past"))
    if (decision.outcome is Outcome.AGREEMENT) != (decision.agreement is not None):
        faults.append(Fault("agreement", "agreement-does-not-fit"))
    if faults:
        raise Invalid(*faults)


async def _open_task(connection: AsyncConnection, task_id: int) -> Any:
    found = select(
        Task.id, Task.subject, Task.key, Task.kind, Task.state, Task.claim_id, Task.claimed_by
    ).where(Task.id == task_id)
    claim = select(Claim.id).join(Task, Task.claim_id == Claim.id).where(Task.id == task_id)
    # The claim before its tasks, as everywhere, so that nobody waits in a circle.
    await connection.execute(claim.with_for_update(of=Claim, key_share=True))
    task = (await connection.execute(found.with_for_update(key_share=True))).first()
    if task is None:
        raise NotFound(f"task {task_id}")
    if task.state == "decided":
        raise AlreadyDecided(f"task {task_id}")
    if task.state == "cancelled":
        raise ClaimHasEnded(f"task {task_id}")
    return task


async def _proposer(connection: AsyncConnection, claim_id: str) -> str:
    """Who last proposed to write the claim off."""
    found = (
        select(Decision.decided_by)
        .join(Task, Task.id == Decision.task_id)
        .where(Task.claim_id == claim_id, Decision.outcome == Outcome.WRITE_OFF.value)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return str((await connection.execute(found)).scalar_one())


async def _agree(
    connection: AsyncConnection,
    policy: Policy,
    decision: NewDecision,
    claim_id: str | None,
    on: date,
) -> str | None:
    if decision.agreement is None:
        return None
    if claim_id not in decision.agreement.claim_ids:
        raise Invalid(Fault("agreement.claim_ids", "agreement-without-this-claim"))
    agreement_id = await make_agreement(connection, policy, decision.agreement, on)
    others = [other for other in decision.agreement.claim_ids if other != claim_id]
    await let_join(connection, agreement_id, others, on)
    return agreement_id


async def _record(
    connection: AsyncConnection,
    task_id: int,
    decision: NewDecision,
    agreement_id: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    values = {
        "task_id": task_id,
        "outcome": decision.outcome.value,
        "look_again_on": decision.look_again_on,
        "agreement_id": agreement_id,
        "reasons": decision.reasons,
        "decided_by": actor.id,
        "decided_at": now,
    }
    answer = insert(Decision).values(values).cte("answer")
    await connection.execute(
        update(Task)
        .where(Task.id == task_id)
        .values(state="decided", claimed_by=actor.id)
        .add_cte(answer)
    )


async def _pass_on(
    connection: AsyncConnection,
    task: Any,
    kind: TaskKind,
    decision: NewDecision,
    agreement_id: str | None,
    on: date,
) -> None:
    """Tell the story that asked, or do what a question outside the stories is about."""
    if kind in STORY_TASKS:
        day = decision.look_again_on
        answer = {
            "outcome": decision.outcome.value,
            "on": day.isoformat() if day else None,
            "agreement": agreement_id,
        }
        payload = {"task": task.key, "answer": answer}
        await tell(connection, f"claim-{task.claim_id}", "task_decided", payload)
        await _move_claim(connection, task.claim_id, decision)
    elif kind is TaskKind.UNDELIVERED_LETTER and decision.outcome is Outcome.RETRY:
        await send_again(connection, int(task.subject.removeprefix("letter-")), on)


async def _move_claim(connection: AsyncConnection, claim_id: str, decision: NewDecision) -> None:
    """Where the claim waits for a day that a person named, its page says so at once."""
    if decision.look_again_on:
        await connection.execute(
            update(Claim).where(Claim.id == claim_id).values(next_on=decision.look_again_on)
        )


async def _next_task(connection: AsyncConnection, task: Any, actor: Actor) -> int | None:
    """The most urgent open task that this person has, or that is free."""
    found = (
        select(Task.id)
        .where(Task.state == "open", Task.id != task.id, Task.kind == task.kind)
        .where((Task.claimed_by.is_(None)) | (Task.claimed_by == actor.id))
        .order_by(Task.due_on, Task.id)
        .limit(1)
    )
    return (await connection.execute(found)).scalar()
