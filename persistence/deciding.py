"""How a person answers a task; facts and message in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Insert, Update, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, require_second_person, right_to_decide
from domain.decisions import (
    ANSWERS,
    OUTCOMES_WITH_A_DAY,
    STORY_TASKS,
    Outcome,
    TaskKind,
)
from domain.errors import AlreadyDecided, ClaimHasEnded, Fault, Invalid, NotFound
from domain.policy import Policy
from persistence.agreeing import NewAgreement, let_join, make_agreement
from persistence.audit import noted
from persistence.enquiry_replies import reply
from persistence.models import Claim, Decision, Task, User
from persistence.outbox import message
from persistence.post import accept_as_delivered, send_again
from persistence.refunding import decide_refund, proposer_of

_TASK = (
    select(
        Task.id,
        Task.subject,
        Task.key,
        Task.kind,
        Task.state,
        Task.claim_id,
        Task.claimed_by,
        Task.claimed_at,
        Task.asked_by,
        Task.delegated_by,
        Task.snoozed_until,
        Task.limitation_date,
    )
    .where(Task.id == bindparam("task"))
    .with_for_update(key_share=True)
)
_ANSWERED = (
    select(User.name, Decision.decided_at)
    .join(User, User.id == Decision.decided_by)
    .where(Decision.task_id == bindparam("task"))
)
_CLAIM_OF_TASK = (
    select(Claim.id)
    .join(Task, Task.claim_id == Claim.id)
    .where(Task.id == bindparam("task"))
    .with_for_update(of=Claim, key_share=True)
)


@dataclass(frozen=True, slots=True)
class NewDecision:
    """*look_again_on* goes with promise, not reached, keep and distraint made."""

    outcome: Outcome
    reasons: str
    look_again_on: date | None = None
    agreement: NewAgreement | None = None


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
    task = await open_task(connection, task_id)
    kind = TaskKind(task.kind)
    require(actor, right_to_decide(kind))
    if kind is TaskKind.WRITE_OFF_APPROVAL:
        require_second_person(actor, await _proposer(connection, task.claim_id))
    if kind is TaskKind.REFUND_APPROVAL:
        await _decide_refund(connection, task.subject, decision, actor, on)
    check(kind, decision, on)
    agreement_id = await _agree(connection, policy, decision, task.claim_id, on)
    entry = {"task": task_id, "outcome": decision.outcome.value}
    writes = [
        _answer(task_id, decision, agreement_id, actor, now),
        noted(task.subject, actor.id, "decided", **entry),
        *_pass_on(task, kind, decision, agreement_id),
    ]
    await _close_task(connection, task_id, actor, writes)
    await _follow_up(connection, policy, task, decision, on)
    return agreement_id


async def _follow_up(
    connection: AsyncConnection, policy: Policy, task: Any, decision: NewDecision, on: date
) -> None:
    """What an answer asks the post room to do."""
    number = task.subject.rpartition("-")[2]
    if task.kind == TaskKind.UNDELIVERED_LETTER:
        send = send_again if decision.outcome is Outcome.RETRY else accept_as_delivered
        await send(connection, int(number), on)
    if decision.outcome is Outcome.ANSWERED_BY_LETTER:
        await reply(connection, policy, int(number), task.id, decision.reasons, on)


async def _decide_refund(
    connection: AsyncConnection, subject: str, decision: NewDecision, actor: Actor, on: date
) -> None:
    refund_id = int(subject.removeprefix("refund-"))
    require_second_person(actor, await proposer_of(connection, refund_id))
    check(TaskKind.REFUND_APPROVAL, decision, on)
    await decide_refund(connection, refund_id, decision.outcome, actor, on)


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


async def open_task(connection: AsyncConnection, task_id: int) -> Any:
    """The task, locked with its claim. Raises NotFound, AlreadyDecided, ClaimHasEnded."""
    # The claim before its tasks, as everywhere, so that nobody waits in a circle.
    await connection.execute(_CLAIM_OF_TASK, {"task": task_id})
    task = (await connection.execute(_TASK, {"task": task_id})).first()
    if task is None:
        raise NotFound("task", task_id)
    if task.state == "decided":
        answer = (await connection.execute(_ANSWERED, {"task": task_id})).first()
        raise AlreadyDecided(f"task {task_id}", *(answer or ()))
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
