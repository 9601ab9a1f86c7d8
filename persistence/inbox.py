"""The inbox: open tasks in the order in which work on them has most effect, and why that order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import Outcome, TaskKind
from domain.errors import NotFound
from persistence.database import literally
from persistence.models import Claim, Debtor, Decision, Refund, Task, User

_KIND_POINTS = {
    TaskKind.LIMITATION_NEAR: 30,
    TaskKind.HEARING: 25,  # limitation runs while the authority does not have the claim
    TaskKind.DIALOGUE: 20,
    TaskKind.DISTRAINT: 20,
    TaskKind.OBJECTION: 20,  # the claim stands still for it
    TaskKind.EXCEPTION: 15,
    TaskKind.ASSESSMENT: 15,
    TaskKind.UNDELIVERED_LETTER: 15,
    TaskKind.BANK_FILE: 30,  # reminders wait for it
    TaskKind.POST_STOPPED: 30,  # and all letters for this
    TaskKind.REFUND_APPROVAL: 10,
    TaskKind.UNPLACED_PAYMENT: 10,
    TaskKind.WRITE_OFF_APPROVAL: 5,
}
# How we weigh one task against another; no rule of law or council asks for these steps.
_AMOUNT_STEPS_ORE = [50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000]
_POINTS_PER_AMOUNT_STEP = 4
_LIMITATION_STEPS_DAYS = [30, 90, 180, 365]
_POINTS_PER_LIMITATION_STEP = 10
_MOST_AGE_POINTS = 20


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What the list is narrowed to; None narrows nothing. *mine* is a user's id."""

    state: str = "open"
    kind: str | None = None
    mine: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come: the points and the number of the last task seen."""

    points: int
    task_id: int


async def list_tasks(
    connection: AsyncConnection, narrow: TaskFilter, on: date, after: Place | None, limit: int
) -> Sequence[RowMapping]:
    """Most effect first, as weighed on the town's day *on*."""
    found = _tasks(on).where(Task.state == narrow.state)
    if narrow.kind is not None:
        found = found.where(Task.kind == narrow.kind)
    if narrow.mine is not None:
        found = found.where(Task.claimed_by == narrow.mine)
    if narrow.department is not None:
        found = found.where(Task.department == narrow.department)
    return (await connection.execute(_page(found, after, limit))).mappings().all()


async def next_task(
    connection: AsyncConnection, user: str, kinds: Collection[TaskKind], on: date
) -> RowMapping | None:
    """The task of *kinds* with most effect that the user has or may take: their own come first."""
    found = (
        _tasks(on)
        .where(Task.state == literally("open"), Task.kind.in_(kinds))
        .where(or_(Task.claimed_by.is_(None), Task.claimed_by == user))
        .where(~and_(Task.kind == TaskKind.WRITE_OFF_APPROVAL, _proposed_by(user)))
        .where(~and_(Task.kind == TaskKind.REFUND_APPROVAL, _refund_proposed_by(user)))
        .subquery()
    )
    mine = case((found.c.claimed_by == user, 0), else_=1)
    first = select(found).order_by(mine, found.c.points.desc(), found.c.id).limit(1)
    return (await connection.execute(first)).mappings().first()


async def read_task(connection: AsyncConnection, task_id: int, on: date) -> RowMapping:
    row = (await connection.execute(_tasks(on).where(Task.id == task_id))).mappings().first()
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


def _page(
    found: Select[*tuple[Any, ...]], after: Place | None, limit: int
) -> Select[*tuple[Any, ...]]:
    tasks = found.subquery()
    page = select(tasks).order_by(tasks.c.points.desc(), tasks.c.id).limit(limit)
    if after is None:
        return page
    return page.where(
        or_(
            tasks.c.points < after.points,
            and_(tasks.c.points == after.points, tasks.c.id > after.task_id),
        )
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
    User.name.label("claimed_by_name"),
    Task.facts,
    Claim.claim_type,
    Claim.stage,
    Claim.balance_ore,
    Claim.limitation_date,
    Debtor.name.label("debtor_name"),
)


def _tasks(on: date) -> Select[*tuple[Any, ...]]:
    """Tasks with what a list shows of them, and the points each reason gives."""
    parts = {
        "kind_points": _kind_points(),
        "amount_points": _amount_points(),
        "limitation_points": _limitation_points(on),
        "age_points": _age_points(on),
    }
    return (
        select(
            *_SHOWN,
            *(points.label(name) for name, points in parts.items()),
            sum(parts.values(), literal(0)).label("points"),
        )
        .join(Claim, Claim.id == Task.claim_id, isouter=True)
        .join(Debtor, Debtor.id == Claim.debtor_id, isouter=True)
        .join(User, User.id == Task.claimed_by, isouter=True)
    )


def _kind_points() -> ColumnElement[int]:
    return case(
        {kind.value: points for kind, points in _KIND_POINTS.items()}, value=Task.kind, else_=0
    )


def _amount_points() -> ColumnElement[int]:
    """More for larger claims, in steps, so that one large claim does not bury all others."""
    steps = array(_AMOUNT_STEPS_ORE, type_=Claim.balance_ore.type)
    return func.coalesce(
        func.width_bucket(Claim.balance_ore, steps, type_=Integer) * _POINTS_PER_AMOUNT_STEP, 0
    )


def _limitation_points(on: date) -> ColumnElement[int]:
    """More the fewer days are left before the claim is time-barred."""
    steps = array(_LIMITATION_STEPS_DAYS, type_=Integer)
    passed = func.width_bucket(Claim.limitation_date - literal(on), steps, type_=Integer)
    return func.coalesce((len(_LIMITATION_STEPS_DAYS) - passed) * _POINTS_PER_LIMITATION_STEP, 0)


def _age_points(on: date) -> ColumnElement[int]:
    """One for each day the answer is late."""
    late = literal(on) - Task.due_on
    return func.least(_MOST_AGE_POINTS, func.greatest(0, late), type_=Integer)


def _proposed_by(user: str) -> ColumnElement[bool]:
    """Whether the user proposed what the task asks a second person to approve."""
    proposal = Task.__table__.alias("proposal")
    return exists(
        select(Decision.id)
        .join(proposal, proposal.c.id == Decision.task_id)
        .where(proposal.c.claim_id == Task.claim_id)
        .where(Decision.outcome == Outcome.WRITE_OFF.value, Decision.decided_by == user)
    )


def _refund_proposed_by(user: str) -> ColumnElement[bool]:
    refund = cast(Task.facts["refund"].astext, BigInteger)
    return exists(select(Refund.id).where(Refund.id == refund, Refund.proposed_by == user))
