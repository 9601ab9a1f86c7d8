"""What someone has written in a task's form and not yet sent: kept for them and nobody else."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, require, right_to_decide
from domain.decisions import TaskKind
from domain.errors import NotFound
from persistence.models import Draft, Task

# Real time: so long what was written about a task that another has answered can still be read.
_KEPT_FOR = timedelta(days=7)
_KIND = select(Task.kind).where(Task.id == bindparam("task"))
_OURS = (Draft.user_id == bindparam("user"), Draft.task_id == bindparam("task"))
_DRAFT = select(Draft.fields, Draft.updated_at).where(*_OURS)
_NEW = insert(Draft).values(user_id=bindparam("user"), task_id=bindparam("task"))
_KEEP = (
    _NEW.values(fields=bindparam("fields"))
    .on_conflict_do_update(
        index_elements=["user_id", "task_id"],
        set_={"fields": _NEW.excluded.fields, "updated_at": func.now()},
    )
    .returning(Draft.updated_at)
)

_OUTLIVED = delete(Draft).where(
    Draft.task_id == Task.id, Task.state != "open", Draft.updated_at < func.now() - _KEPT_FOR
)


async def keep_draft(
    connection: AsyncConnection, task_id: int, fields: Mapping[str, Any], actor: Actor
) -> datetime:
    """Keep *fields* in place of what was kept before; returns when. Raises NotFound, NotAllowed.

    Also of a task that someone else has answered meanwhile: what was written is not lost.
    """
    kind = (await connection.execute(_KIND, {"task": task_id})).scalar()
    if kind is None:
        raise NotFound("task", task_id)
    require(actor, right_to_decide(TaskKind(kind)))
    values = {"user": actor.id, "task": task_id, "fields": dict(fields)}
    kept_at = (await connection.execute(_KEEP, values)).scalar_one()
    assert isinstance(kept_at, datetime)
    return kept_at


async def read_draft(connection: AsyncConnection, task_id: int, user: str) -> RowMapping | None:
    """The user's own *fields* and when they were kept."""
    found = await connection.execute(_DRAFT, {"user": user, "task": task_id})
    return found.mappings().first()


async def drop_draft(connection: AsyncConnection, task_id: int, user: str) -> None:
    await connection.execute(delete(Draft).where(*_OURS), {"user": user, "task": task_id})


async def forget_drafts(connection: AsyncConnection) -> None:
    """What was written about a task that has been over for a while will not be sent any more."""
    await connection.execute(_OUTLIVED)
