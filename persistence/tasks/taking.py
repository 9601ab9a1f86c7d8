"""Whose task it is: taken, laid back, given to another, put off; each of it one act.

As everywhere the claim is locked before its tasks, so that nobody waits in a circle.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Insert, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import (
    Actor,
    Right,
    Role,
    may,
    require,
    require_second_person,
    right_to_decide,
)
from domain.calendar import today
from domain.decisions import TaskKind
from domain.errors import Conflict, Fault, Invalid
from persistence.models import Delegation, Task, User
from persistence.tasks.open_tasks import open_task, require_free
from persistence.trail.audit import note

_WORKER = select(User.id, User.role, User.name, User.department).where(
    User.id == bindparam("worker")
)
_ANSWERED = (
    update(Delegation)
    .where(Delegation.task_id == bindparam("task"), Delegation.returned_at.is_(None))
    .values(answer=bindparam("words"), returned_at=bindparam("now"))
)


async def claim_task(
    connection: AsyncConnection, task_id: int, actor: Actor, now: datetime
) -> None:
    """Take the task; raises TaskTaken when another person has it.

    Who stands in for that person works on it and leaves it theirs.
    """
    task = await open_task(connection, task_id)
    _require_may_answer(actor, task)
    entry: dict[str, Any] = {"task": task_id}
    if absent := await require_free(connection, task, actor, today(now)):
        entry["for"] = absent
    if task.claimed_by is None:
        await _write(connection, task_id, claimed_by=actor.id, claimed_at=now)
    await note(connection, task.subject, actor.id, "task-claimed", **entry)


async def release_task(
    connection: AsyncConnection, task_id: int, actor: Actor, now: datetime
) -> None:
    """Lay the task back for others; one that was delegated goes back to whose it is."""
    task = await _own_task(connection, task_id, actor)
    if task.delegated_by:
        await _give_back(connection, task, None, now)
    else:
        await _write(connection, task_id, claimed_by=None, claimed_at=None)
    await note(connection, task.subject, actor.id, "task-released", task=task_id)


async def assign_task(
    connection: AsyncConnection, task_id: int, to: str, actor: Actor, now: datetime
) -> None:
    """A supervisor gives the task to someone, whoever had it. Raises Invalid for who may not."""
    require(actor, Right.ASSIGN_TASKS)
    task = await open_task(connection, task_id)
    await _require_colleague(connection, to, task)
    await _write(connection, task_id, claimed_by=to, claimed_at=now, delegated_by=None)
    await note(connection, task.subject, actor.id, "task-assigned", task=task_id, to=to)


async def delegate_task(
    connection: AsyncConnection, task_id: int, to: str, question: str, actor: Actor, now: datetime
) -> None:
    """Ask a colleague: the task is theirs until they answer, and then the asker's again.

    One's own task, or one that nobody has. A colleague may ask on: it still goes back to the first.
    """
    task = await open_task(connection, task_id)
    _require_may_answer(actor, task)
    await require_free(connection, task, actor, today(now))
    if not question.strip():
        raise Invalid(Fault("question", "question-missing"))
    if to == actor.id:
        raise Invalid(Fault("to", "colleague-is-oneself"))
    await _require_colleague(connection, to, task)
    owner = task.delegated_by or actor.id
    await _write(connection, task_id, claimed_by=to, claimed_at=now, delegated_by=owner)
    await connection.execute(_asked(task_id, actor.id, to, question.strip(), now))
    await note(connection, task.subject, actor.id, "task-delegated", task=task_id, to=to)


async def return_task(
    connection: AsyncConnection, task_id: int, answer: str, actor: Actor, now: datetime
) -> None:
    """The colleague has answered; whose it is has it again. Raises Conflict when none was asked."""
    task = await _own_task(connection, task_id, actor)
    if task.delegated_by is None:
        raise Conflict(f"task {task_id} was not delegated")
    await _give_back(connection, task, answer.strip() or None, now)
    await note(connection, task.subject, actor.id, "task-returned", task=task_id)


async def snooze_task(
    connection: AsyncConnection,
    task_id: int,
    until: date,
    reason: str,
    actor: Actor,
    on: date,
    most_days: int,
) -> None:
    """Out of sight until the day *until*, for a reason, and not past the claim's limitation."""
    task = await open_task(connection, task_id)
    _require_may_answer(actor, task)
    await require_free(connection, task, actor, on)
    if not reason.strip():
        raise Invalid(Fault("reason", "reasons-missing"))
    if until <= on:
        raise Invalid(Fault("until", "snooze-is-past"))
    if until > on + timedelta(days=most_days):
        raise Invalid(Fault("until", "snooze-too-long", {"days": str(most_days)}))
    if until >= task.limitation_date:
        raise Invalid(Fault("until", "snooze-past-limitation"))
    await _write(connection, task_id, snoozed_until=until, snooze_reason=reason.strip())
    await note(
        connection, task.subject, actor.id, "task-snoozed", task=task_id, until=until.isoformat()
    )


async def wake_task(connection: AsyncConnection, task_id: int, actor: Actor, on: date) -> None:
    """Back in sight at once. Raises Conflict when the task sleeps for no one."""
    task = await open_task(connection, task_id)
    _require_may_answer(actor, task)
    await require_free(connection, task, actor, on)
    if task.snoozed_until is None:
        raise Conflict(f"task {task_id} is not snoozed")
    await _write(connection, task_id, snoozed_until=None, snooze_reason=None)
    await note(connection, task.subject, actor.id, "task-woken", task=task_id)


def _require_may_answer(actor: Actor, task: Any) -> None:
    require(actor, right_to_decide(TaskKind(task.kind)))
    if task.asked_by:
        require_second_person(actor, task.asked_by)


async def _own_task(connection: AsyncConnection, task_id: int, actor: Actor) -> Any:
    task = await open_task(connection, task_id)
    if task.claimed_by != actor.id:
        raise Conflict(f"task {task_id} is not yours")
    return task


async def _require_colleague(connection: AsyncConnection, to: str, task: Any) -> None:
    """Raises Invalid when *to* is nobody, or may not answer the task."""
    found = (await connection.execute(_WORKER, {"worker": to})).first()
    if found is None:
        raise Invalid(Fault("to", "colleague-unknown"))
    colleague = Actor(found.id, Role(found.role), found.name, found.department)
    right = right_to_decide(TaskKind(task.kind))
    if not may(colleague, Right.ANSWER_TASKS) or not may(colleague, right):
        raise Invalid(Fault("to", "colleague-may-not", {"name": found.name}))
    if task.asked_by == to:
        raise Invalid(Fault("to", "colleague-asked", {"name": found.name}))


async def _give_back(
    connection: AsyncConnection, task: Any, words: str | None, now: datetime
) -> None:
    await _write(
        connection, task.id, claimed_by=task.delegated_by, claimed_at=now, delegated_by=None
    )
    await connection.execute(_ANSWERED, {"task": task.id, "words": words, "now": now})


def _asked(task_id: int, by: str, of: str, question: str, now: datetime) -> Insert:
    return insert(Delegation).values(
        task_id=task_id, asked_by=by, asked_of=of, question=question, asked_at=now
    )


async def _write(connection: AsyncConnection, task_id: int, **values: Any) -> None:
    await connection.execute(update(Task).where(Task.id == task_id).values(values))
