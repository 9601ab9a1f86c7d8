"""The inbox: open tasks in the order in which work on them has most effect, and why that order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from domain.errors import NotFound
from domain.inbox import Sort
from persistence.database import literally, plan_anew
from persistence.models import Debtor, Preflight, Task, User
from persistence.tasks.inbox_filters import TaskFilter, conditions, facet_condition, is_awake

_HOLDER = User.__table__.alias("holder")
_ASKER = User.__table__.alias("asker")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come: the last task seen, and the number it was sorted by.

    *value* None: it is sorted by words, which are looked up with the task.
    """

    value: int | None
    task_id: int


@dataclass(frozen=True, slots=True)
class Order:
    """*is_turned*: the other way round."""

    sort: Sort = "points"
    is_turned: bool = False


_COLUMNS: dict[Sort, Any] = {
    "points": Task.points,
    "due": Task.due_on,
    "opened": Task.opened_on,
    "amount": Task.balance_ore,
    "limitation": Task.limitation_date,
    "debtor": Task.debtor_order,
    "claim": func.coalesce(Task.claim_id, literally("")),
    "type": Task.claim_type,
    "kind": Task.kind,
    "holder": func.coalesce(Task.claimed_by, literally("")),
}
_MOST_FIRST = frozenset({"points", "amount"})
_BY_EFFECT = Order()
_POINTS = [Task.kind_points, Task.amount_points, Task.limitation_points, Task.age_points,
           Task.promise_points, Task.points]  # fmt: skip
# Asked of each row shown: joined, the planner might read what is known of every claim.
_TRANSFER_STANDING = (
    select(Preflight.standing)
    .where(
        Preflight.claim_id == Task.claim_id,
        or_(
            Task.kind == literally(TaskKind.ASSESSMENT.value),
            Task.facts.has_key(literally("refused_act")),
        ),
    )
    .scalar_subquery()
)
_SHOWN = (
    Task.id,
    Task.subject,
    Task.key,
    Task.claim_id,
    Task.kind,
    Task.state,
    Task.department,
    Task.opened_on,
    Task.due_on,
    Task.claimed_by,
    Task.claimed_at,
    Task.asked_by,
    Task.delegated_by,
    Task.snoozed_until,
    Task.snooze_reason,
    _HOLDER.c.name.label("claimed_by_name"),
    _ASKER.c.name.label("asked_by_name"),
    Task.facts,
    Task.claim_type,
    Task.stage,
    Task.balance_ore,
    Task.limitation_date,
    Task.debtor_id,
    Debtor.name.label("debtor_name"),
    _TRANSFER_STANDING.label("transfer_standing"),
    *_POINTS,
)


async def list_tasks(
    connection: AsyncConnection,
    narrow: TaskFilter,
    on: date,
    after: Place | None,
    limit: int,
    order: Order = _BY_EFFECT,
) -> Sequence[RowMapping]:
    """Most effect first, as last weighed (`weighing`); what is answered, the newest first."""
    if narrow.state == "open":
        await plan_anew(connection)
    return (await connection.execute(_page(narrow, on, after, limit, order))).mappings().all()


async def next_task(
    connection: AsyncConnection, user: str, kinds: Collection[TaskKind], on: date
) -> RowMapping | None:
    """The task of *kinds* with most effect that the user has or may take: their own come first."""
    mine = case((Task.claimed_by == user, 0), else_=1)
    for is_theirs in (Task.claimed_by == user, Task.claimed_by.is_(None)):
        first = (
            select(Task.id, mine.label("place"))
            .where(Task.state == literally("open"), is_theirs, is_awake(on))
            .where(Task.kind.in_([kind.value for kind in kinds]))
            .where(or_(Task.asked_by.is_(None), Task.asked_by != user))
            .order_by(Task.points.desc(), Task.id)
            .limit(1)
        )
        found = (await connection.execute(_shown(first.subquery()))).mappings().first()
        if found:
            return found
    return None


async def read_task(connection: AsyncConnection, task_id: int, _: date) -> RowMapping:
    """As it was last weighed. Raises NotFound."""
    one = select(Task.id).where(Task.id == bindparam("task")).subquery()
    row = (await connection.execute(_shown(one), {"task": task_id})).mappings().first()
    if row is None:
        raise NotFound("task", task_id)
    return row


async def count_tasks(connection: AsyncConnection, on: date) -> Sequence[RowMapping]:
    """Open tasks of each kind, and how many of them are overdue."""
    found = (
        select(
            Task.kind,
            func.count().label("tasks"),
            func.count().filter(Task.due_on < on).label("overdue"),
        )
        .where(Task.state == literally("open"))
        .group_by(Task.kind)
        .order_by(Task.kind)
    )
    return (await connection.execute(found)).mappings().all()


def place_of(row: RowMapping, order: Order, state: str = "open") -> Place:
    """Where the next page begins after *row*."""
    if state != "open":
        return Place(None, row["id"])
    match order.sort:
        case "points" | "amount":
            value = row["points" if order.sort == "points" else "balance_ore"]
        case "due" | "opened" | "limitation":
            names = {"due": "due_on", "opened": "opened_on", "limitation": "limitation_date"}
            value = row[names[order.sort]].toordinal()
        case _:
            value = None
    return Place(value, row["id"])


def _page(
    narrow: TaskFilter, on: date, after: Place | None, limit: int, order: Order
) -> Select[*tuple[Any, ...]]:
    """The page's tasks first, from an index; what is shown of them only then."""
    column = Task.id if narrow.state != "open" else _COLUMNS[order.sort]
    is_down = narrow.state != "open" or (order.sort in _MOST_FIRST) is not order.is_turned
    is_last_id_first = narrow.state != "open" or order.is_turned
    found = select(Task.id, column.label("place")).where(*conditions(narrow, on))
    for facet, value in narrow.facets.items():
        found = found.where(facet_condition(facet, value, on))
    if after is not None:
        found = found.where(
            _beyond(column, after, is_down=is_down, is_up_by_id=not is_last_id_first)
        )
    ids = found.order_by(
        column.desc() if is_down else column, Task.id.desc() if is_last_id_first else Task.id
    )
    page = ids.limit(limit).subquery()
    return _shown(page).order_by(
        page.c.place.desc() if is_down else page.c.place,
        page.c.id.desc() if is_last_id_first else page.c.id,
    )


def _beyond(column: Any, after: Place, *, is_down: bool, is_up_by_id: bool) -> ColumnElement[bool]:
    """Said so that an index may begin there: at the place, and past it or at a later id."""
    value: Any = after.value
    if value is None:
        value = select(column).where(Task.id == after.task_id).scalar_subquery()
    elif column.type.python_type is date:
        value = date.fromordinal(value)
    later = Task.id > after.task_id if is_up_by_id else Task.id < after.task_id
    if is_down:
        return and_(column <= value, or_(column < value, later))
    return and_(column >= value, or_(column > value, later))


def _shown(ids: Subquery) -> Select[*tuple[Any, ...]]:
    return (
        select(*_SHOWN)
        .join(ids, ids.c.id == Task.id)
        .join(Debtor, Debtor.id == Task.debtor_id, isouter=True)
        .join(_HOLDER, _HOLDER.c.id == Task.claimed_by, isouter=True)
        .join(_ASKER, _ASKER.c.id == Task.asked_by, isouter=True)
    )
