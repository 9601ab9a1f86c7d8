"""Questions to colleagues about a task: whom one may ask, what was asked, what they said."""

from collections.abc import Sequence

from sqlalchemy import ARRAY, RowMapping, Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from domain.authority import RIGHTS, Right, right_to_decide
from domain.decisions import TaskKind
from persistence.models import Delegation, User

_ASKER, _COLLEAGUE = aliased(User), aliased(User)
_ASKED = (
    select(
        Delegation.question,
        Delegation.asked_at,
        Delegation.answer,
        Delegation.returned_at,
        _ASKER.name.label("asked_by_name"),
        _COLLEAGUE.name.label("asked_of_name"),
    )
    .join(_ASKER, _ASKER.id == Delegation.asked_by)
    .join(_COLLEAGUE, _COLLEAGUE.id == Delegation.asked_of)
    .where(Delegation.task_id == bindparam("task"))
    .order_by(Delegation.id.desc())
)
_COLLEAGUES = (
    select(User.id, User.name)
    .where(User.role == func.any(bindparam("roles", type_=ARRAY(Text))))
    .where(User.id != func.all(bindparam("but", type_=ARRAY(Text))))
    .order_by(User.name, User.id)
)


async def delegations_of(connection: AsyncConnection, task_id: int) -> Sequence[RowMapping]:
    """What colleagues were asked about the task, the newest first."""
    return (await connection.execute(_ASKED, {"task": task_id})).mappings().all()


async def who_may_be_asked(
    connection: AsyncConnection, task: RowMapping, me: str
) -> Sequence[tuple[str, str]]:
    """Id and name of each who may answer the task, without *me* and who proposed it."""
    needed = {Right.ANSWER_TASKS, right_to_decide(TaskKind(task["kind"]))}
    roles = [role.value for role, rights in RIGHTS.items() if needed <= rights]
    but = [me, *([task["asked_by"]] if task["asked_by"] else ())]
    found = await connection.execute(_COLLEAGUES, {"roles": roles, "but": but})
    return [(row.id, row.name) for row in found]
