"""Who has a task on their screen right now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.models import Presence, User

# Real time: how long ago a browser last said that the page is open. It says so every 20 seconds.
_STILL_THERE = timedelta(seconds=60)
_HERE = (
    insert(Presence)
    .values(task_id=bindparam("task"), user_id=bindparam("me"), seen_at=func.now())
    .on_conflict_do_update(index_elements=["task_id", "user_id"], set_={"seen_at": func.now()})
)
_LONG_GONE = delete(Presence).where(
    Presence.task_id == bindparam("task"), Presence.seen_at < func.now() - 10 * _STILL_THERE
)


async def look_at(connection: AsyncConnection, task_id: int, user: str) -> Sequence[str]:
    """The user has the task on the screen; the names of the others who have."""
    await connection.execute(_HERE, {"task": task_id, "me": user})
    await connection.execute(_LONG_GONE, {"task": task_id})
    return (await lookers(connection, [task_id], user)).get(task_id, ())


async def lookers(
    connection: AsyncConnection, tasks: Collection[int], but: str
) -> Mapping[int, Sequence[str]]:
    """By task, the names of those who have it on the screen, without *but*."""
    found = (
        select(Presence.task_id, func.array_agg(User.name))
        .join(User, User.id == Presence.user_id)
        .where(Presence.task_id == func.any(bindparam("tasks", list(tasks))))
        .where(Presence.user_id != but, Presence.seen_at > func.now() - _STILL_THERE)
        .group_by(Presence.task_id)
    )
    return {task: sorted(names) for task, names in await connection.execute(found)}


async def leave(connection: AsyncConnection, task_id: int, user: str) -> None:
    gone = delete(Presence).where(Presence.task_id == task_id, Presence.user_id == user)
    await connection.execute(gone)
