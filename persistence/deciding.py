"""How a person takes a task and answers it; facts and message in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Delete, Insert, Update, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, right_to_decide
from domain.decisions import STORY_TASKS, TaskKind
from domain.errors import (
    AlreadyDecided,
    ClaimHasEnded,
    Conflict,
    Fault,
    Invalid,
    NotFound,
    TaskTaken,
)
from domain.policy import Policy
from persistence.agreeing import let_join, make_agreement
from persistence.answers import NewDecision, check
from persistence.audit import note, noted
from persistence.consequences import follow, require_another_person
from persistence.models import Claim, Decision, Draft, Task
from persistence.outbox import message
from persistence.taking_back import remember_changes

_TASK = (
    select(
        Task.id,
        Task.subject,
        Task.key,
        Task.kind,
        Task.state,
        Task.claim_id,
        Task.claimed_by,
        Task.facts,
    )
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
class Decided:
    """*undoable_until*: real time; None when the story has been told at once."""

    decision_id: int
    agreement_id: str | None
    undoable_until: datetime | None


async def claim_task(connection: AsyncConnection, task_id: int, actor: Actor) -> None:
    """Take the task; raises TaskTaken when another person has it."""
    task = await _open_task(connection, task_id)
    require(actor, right_to_decide(TaskKind(task.kind)))
    _require_free(task, actor)
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
    """Take the task if nobody has it, record the answer, tell the story. The first answer counts.

    Raises AlreadyDecided, TaskTaken, NotFound, NotAllowed (role, or own proposal), Invalid,
    Conflict.
    """
    task = await _open_task(connection, task_id)
    require(actor, right_to_decide(TaskKind(task.kind)))
    _require_free(task, actor)
    await require_another_person(connection, task, actor)
    check(TaskKind(task.kind), decision, on)
    window = decision.undoable_for
    until = await remember_changes(connection, task_id, window) if window else None
    agreement_id = await _agree(connection, policy, decision, task.claim_id, on)
    decided = await _close_task(
        connection,
        task_id,
        actor,
        _answer(task_id, decision, agreement_id, actor, now).values(undoable_until=until),
        [*_along(task, decision, agreement_id, actor)],
    )
    await follow(connection, policy, task, decision, actor, on)
    return Decided(decided, agreement_id, until)


def _require_free(task: Any, actor: Actor) -> None:
    if task.claimed_by not in {None, actor.id}:
        raise TaskTaken(f"task {task.id}")


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
        facts=decision.facts,
        decided_by=actor.id,
        decided_at=now,
    )


async def _close_task(
    connection: AsyncConnection,
    task_id: int,
    actor: Actor,
    answer: Insert,
    along: Sequence[Insert | Update | Delete],
) -> int:
    """The task is closed, and all that its answer writes is written, in one statement."""
    written = answer.returning(Decision.id).cte("answer")
    closing = update(Task).where(Task.id == task_id).values(state="decided", claimed_by=actor.id)
    for number, write in enumerate(along):
        closing = closing.add_cte(write.cte(f"write_{number}"))
    found = closing.returning(select(written.c.id).scalar_subquery())
    return int((await connection.execute(found)).scalar_one())


def _along(
    task: Any, decision: NewDecision, agreement_id: str | None, actor: Actor
) -> Iterator[Insert | Update | Delete]:
    """A draft has served; a task that a story asked has its answer passed on."""
    entry = {"task": task.id, "outcome": decision.outcome.value}
    yield noted(task.subject, actor.id, "decided", **entry)
    yield delete(Draft).where(Draft.task_id == task.id, Draft.user_id == actor.id)
    if TaskKind(task.kind) in STORY_TASKS:
        yield from _pass_on(task, decision, agreement_id)


def _pass_on(
    task: Any, decision: NewDecision, agreement_id: str | None
) -> Iterator[Insert | Update]:
    """Tell the story that asked. A claim that waits for a named day says so on its page at once."""
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


__all__ = ["Decided", "NewDecision", "claim_task", "decide", "release_task"]
