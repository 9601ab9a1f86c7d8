"""How a person takes a task and answers it; facts and message in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Insert, Update, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, right_to_decide
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
from persistence.audit import note, noted
from persistence.models import Claim, Decision, Task
from persistence.outbox import message
from persistence.post import accept_as_delivered, send_again
from persistence.refunding import decide_refund
from persistence.screens import require_shown
from persistence.second_person import require_second_of
from persistence.substituting import absent_behind

_TASK = (
    select(Task.id, Task.subject, Task.key, Task.kind, Task.state, Task.claim_id, Task.claimed_by)
    .where(Task.id == bindparam("task"))
    .with_for_update(key_share=True)
)
_CLAIM_OF_TASK = (
    select(Claim.id)
    .join(Task, Task.claim_id == Claim.id)
    .where(Task.id == bindparam("task"))
    .with_for_update(of=Claim, key_share=True)
)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """*look_again_on* goes with promise, not reached, keep and distraint made.

    *screen*: the mark of what was on the screen.
    """

    outcome: Outcome
    reasons: str
    look_again_on: date | None = None
    agreement: NewAgreement | None = None
    screen: str | None = None


async def claim_task(connection: AsyncConnection, task_id: int, actor: Actor, on: date) -> None:
    """Take the task; raises Conflict when another person has it.

    Who stands in for that person works on it and leaves it theirs.
    """
    task = await _open_task(connection, task_id)
    require(actor, right_to_decide(TaskKind(task.kind)))
    entry: dict[str, Any] = {"task": task_id}
    if absent := await absent_behind(connection, actor.id, task.claimed_by, on):
        entry["for"] = absent
    elif task.claimed_by not in {None, actor.id}:
        raise Conflict(f"task {task_id} is taken")
    holder = absent or actor.id
    await connection.execute(update(Task).where(Task.id == task_id).values(claimed_by=holder))
    await note(connection, task.subject, actor.id, "task-claimed", **entry)


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
) -> str | None:
    """Record the answer and tell the story; returns the agreement made, if one was.

    The first answer counts.

    Raises AlreadyDecided, NotFound, NotAllowed (role, or own proposal), Invalid, Conflict.
    """
    task = await _open_task(connection, task_id)
    kind = TaskKind(task.kind)
    require(actor, right_to_decide(kind))
    await require_second_of(connection, task, actor, on)
    check(kind, decision, on)
    entry = await _entry(connection, task, decision, actor, on)
    if kind is TaskKind.REFUND_APPROVAL:
        refund_id = int(task.subject.removeprefix("refund-"))
        await decide_refund(connection, refund_id, decision.outcome, actor, on)
    agreement_id = await _agree(connection, policy, decision, task.claim_id, on)
    writes = [
        _answer(task_id, decision, agreement_id, actor, now).values(decided_for=entry.get("for")),
        noted(task.subject, actor.id, "decided", **entry),
        *_pass_on(task, kind, decision, agreement_id),
    ]
    await _close_task(connection, task_id, actor, writes)
    if kind is TaskKind.UNDELIVERED_LETTER:
        send = send_again if decision.outcome is Outcome.RETRY else accept_as_delivered
        await send(connection, int(task.subject.removeprefix("letter-")), on)
    return agreement_id


async def _entry(
    connection: AsyncConnection, task: Any, decision: NewDecision, actor: Actor, on: date
) -> dict[str, Any]:
    """What the audit trail says of it: for whom it was made, and before which screen."""
    entry = {"task": task.id, "outcome": decision.outcome.value, "role": actor.role.value}
    if absent := await absent_behind(connection, actor.id, task.claimed_by, on):
        entry["for"] = absent
    if decision.screen:
        await require_shown(connection, decision.screen, task.subject, actor.id)
        entry["screen"] = decision.screen
    return entry


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
    # The claim before its tasks, as everywhere, so that nobody waits in a circle.
    await connection.execute(_CLAIM_OF_TASK, {"task": task_id})
    task = (await connection.execute(_TASK, {"task": task_id})).first()
    if task is None:
        raise NotFound("task", task_id)
    if task.state == "decided":
        raise AlreadyDecided(f"task {task_id}")
    if task.state == "cancelled":
        raise ClaimHasEnded(f"task {task_id}")
    return task


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


def _answer(
    task_id: int, decision: NewDecision, agreement_id: str | None, actor: Actor, now: datetime
) -> Insert:
    return insert(Decision).values(
        task_id=task_id,
        outcome=decision.outcome.value,
        look_again_on=decision.look_again_on,
        agreement_id=agreement_id,
        reasons=decision.reasons,
        decided_by=actor.id,
        decided_at=now,
    )


async def _close_task(
    connection: AsyncConnection, task_id: int, actor: Actor, writes: Sequence[Insert | Update]
) -> None:
    """The task is closed, and all that its answer writes is written, in one statement."""
    closing = update(Task).where(Task.id == task_id).values(state="decided", claimed_by=actor.id)
    for number, write in enumerate(writes):
        closing = closing.add_cte(write.cte(f"write_{number}"))
    await connection.execute(closing)


def _pass_on(
    task: Any, kind: TaskKind, decision: NewDecision, agreement_id: str | None
) -> Iterator[Insert | Update]:
    """Tell the story that asked. A claim that waits for a named day says so on its page at once."""
    if kind not in STORY_TASKS:
        return
    day = decision.look_again_on
    answer = {
        "outcome": decision.outcome.value,
        "on": day.isoformat() if day else None,
        "agreement": agreement_id,
    }
    payload = {"task": task.key, "answer": answer}
    yield message(f"claim-{task.claim_id}", "task_decided", payload)
    if day:
        yield update(Claim).where(Claim.id == task.claim_id).values(next_on=day)
