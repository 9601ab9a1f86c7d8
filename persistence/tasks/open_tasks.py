"""A task that is to be changed: locked with its claim, and free for who would change it."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.errors import AlreadyDecided, ClaimHasEnded, NotFound, TaskTaken
from persistence.models import Claim, Decision, Task, User
from persistence.people.substituting import absent_behind

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
        Task.facts,
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
_NAME = select(User.name).where(User.id == bindparam("user"))


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


async def require_free(
    connection: AsyncConnection, task: Any, actor: Actor, on: date
) -> str | None:
    """Whose the task is when the actor stands in for them; None when it is one's own doing.

    Raises TaskTaken when someone else has it.
    """
    if task.claimed_by in {None, actor.id}:
        return None
    if absent := await absent_behind(connection, actor.id, task.claimed_by, on):
        return absent
    holder = (await connection.execute(_NAME, {"user": task.claimed_by})).scalar_one()
    raise TaskTaken(f"task {task.id} is taken", holder, task.claimed_at)
