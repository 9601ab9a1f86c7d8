"""The inbox: list tasks by effect, take, lay back, decide."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.cursors import Page, read_cursor, write_cursor
from api.dependencies import TaskWorker, TheHouse, Viewer
from api.languages import Language
from api.routes.describing import problems
from api.schemas.common import Name, Number
from api.schemas.tasks import AgreementBody, DecisionBody, DecisionView, TaskList, TaskView
from api.task_views import view_task
from domain.authority import Actor, may, right_to_decide
from domain.decisions import TaskKind
from domain.errors import Fault, Invalid
from domain.money import Money
from persistence.agreeing import NewAgreement
from persistence.deciding import NewDecision, claim_task, decide, release_task
from persistence.inbox import Place, TaskFilter, list_tasks, next_task, read_task

router = APIRouter(prefix="/tasks", tags=["tasks"])
_FIELDS = {
    "months": "agreement.months",
    "monthly": "agreement.monthly_ore",
    "claim_ids": "agreement.claim_ids",
    "owed": "agreement.claim_ids",
}
TaskId = Annotated[Number, Path(examples=[17])]


class TaskQuery(Page):
    """What a list of tasks is narrowed to."""

    state: Literal["open", "decided", "cancelled"] = "open"
    kind: TaskKind | None = None
    mine: bool = Field(default=False, description="Only tasks you have taken.")
    department: Name | None = None


@router.get("", operation_id="listTasks", responses=problems(422))
async def get_tasks(
    house: TheHouse, actor: Viewer, language: Language, wish: Annotated[TaskQuery, Query()]
) -> TaskList:
    """List tasks, those where work has most effect first, with the reasons for their place."""
    mine = actor.id if wish.mine else None
    narrow = TaskFilter(wish.state, wish.kind, mine, wish.department)
    on, after = _read_place(wish.cursor, house.today)
    async with house.database.transaction() as connection:
        rows = await list_tasks(connection, narrow, on, after, wish.limit + 1)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = write_cursor(on.toordinal(), page[-1]["points"], page[-1]["id"])
    return TaskList(items=[view_task(row, on, language) for row in page], next_cursor=more)


def _read_place(cursor: str | None, on: date) -> tuple[date, Place | None]:
    """All pages of one list are weighed on the same day, also past midnight."""
    if cursor is None:
        return on, None
    day, points, task_id = read_cursor(cursor, 3)
    if abs(day - on.toordinal()) > 1:
        raise Invalid(Fault("cursor", "cursor-unreadable"))
    return date.fromordinal(day), Place(points, task_id)


@router.post("/{task_id}/claim", operation_id="takeTask", responses=problems(404, 409, 422))
async def take_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Take a task, so that others see that you are on it."""
    async with house.database.transaction() as connection:
        await claim_task(connection, task_id, actor, house.today)
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/release", operation_id="releaseTask", responses=problems(404, 409, 422))
async def lay_back_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Lay a task you have taken back for others."""
    async with house.database.transaction() as connection:
        await release_task(connection, task_id, actor)
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/decide", operation_id="decideTask", responses=problems(404, 409, 422))
async def decide_task(
    task_id: TaskId, body: DecisionBody, house: TheHouse, actor: TaskWorker, language: Language
) -> DecisionView:
    """Answer a task. The answer is recorded at once, also while Temporal is away.

    The first answer counts. The reply brings the next task with most effect for you.
    """
    on, decision = house.today, _decision(body)
    async with house.database.transaction() as connection:
        try:
            await decide(connection, house.policy, task_id, decision, actor, house.clock(), on)
        except Invalid as invalid:
            raise Invalid(*map(_as_sent, invalid.faults)) from None
        row = await next_task(connection, actor.id, _kinds_for(actor), on)
    following = view_task(row, on, language) if row else None
    return DecisionView(task_id=task_id, next_task=following)


def _as_sent(fault: Fault) -> Fault:
    """The field by the name it has in the body."""
    return replace(fault, field=_FIELDS.get(fault.field, fault.field))


def _kinds_for(actor: Actor) -> list[TaskKind]:
    return [kind for kind in TaskKind if may(actor, right_to_decide(kind))]


def _decision(body: DecisionBody) -> NewDecision:
    agreement = _agreement(body.agreement) if body.agreement else None
    return NewDecision(body.outcome, body.reasons, body.look_again_on, agreement, body.screen)


def _agreement(body: AgreementBody) -> NewAgreement:
    if len(set(body.claim_ids)) < len(body.claim_ids):
        raise Invalid(Fault("agreement.claim_ids", "claim-twice"))
    monthly = Money(body.monthly_ore) if body.monthly_ore else None
    return NewAgreement(tuple(body.claim_ids), body.first_due, body.months, monthly)
