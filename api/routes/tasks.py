"""The inbox: list tasks by effect, take, lay back, decide."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.cursors import Page
from api.dependencies import TaskWorker, TheHouse, Viewer
from api.house import House
from api.inbox.query import InboxQuery, cursor_of, narrowed, place_at
from api.inbox.weighed import keep_weighed
from api.languages import Language
from api.routes.agreements import acceptance_of
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.inbox import TaskSearchBody
from api.schemas.tasks import (
    AgreementBody,
    CommitteeBody,
    DecisionBody,
    DecisionView,
    PlanView,
    TaskList,
    TaskView,
    WriteOffBody,
)
from api.views.tasks import view_plan, view_task
from domain.agreements.ability import Income
from domain.authority import Actor, kinds_for
from domain.endings.write_off import CommitteeDecision, NewWriteOff
from domain.errors import Fault, Invalid
from domain.money import Money
from persistence.agreements.agreeing import what_if
from persistence.agreements.terms import NewAgreement
from persistence.debtors.searching import read_search
from persistence.tasks.deciding import NewDecision, decide
from persistence.tasks.inbox import list_tasks, next_task, place_of, read_task
from persistence.tasks.taking import claim_task, release_task
from persistence.tasks.taking_back import WINDOW
from persistence.trail.audit import note

router = APIRouter(prefix="/tasks", tags=["tasks"])
_FIELDS = {
    "months": "agreement.months",
    "monthly": "agreement.monthly_ore",
    "claim_ids": "agreement.claim_ids",
    "owed": "agreement.claim_ids",
    "first_due": "agreement.first_due",
    "yearly_income": "agreement.yearly_income_ore",
    "acknowledged": "agreement.acceptance.acknowledged",
    "accepted-on": "agreement.acceptance.accepted_on",
    "write-off-reason": "write_off.reason",
    "write-off-on": "write_off.proved_on",
    "write-off-document": "write_off.attachment_id",
    "committee-on": "committee.decided_on",
    "committee-item": "committee.item",
    "committee-document": "committee.attachment_id",
}
TaskId = Annotated[Number, Path(examples=[17])]


class TaskQuery(InboxQuery, Page):
    """What a list of tasks is narrowed to."""

    state: Literal["open", "decided", "cancelled"] = "open"
    mine: bool = Field(default=False, description="Only tasks you have taken.")


@router.get("", operation_id="listTasks", responses=problems(422))
async def get_tasks(
    house: TheHouse, actor: Viewer, language: Language, wish: Annotated[TaskQuery, Query()]
) -> TaskList:
    """List tasks, those where work has most effect first, with the reasons for their place.

    A view (`mine`, `team`, `upcoming`, `snoozed`, `waiting`) holds only what you may answer.
    """
    return await _list(house, actor, language, wish, None)


@router.post("/search", operation_id="searchTasks", responses=problems(422))
async def search_tasks(
    house: TheHouse, actor: Viewer, language: Language, body: TaskSearchBody
) -> TaskList:
    """List tasks by a name, an address or a number; a CPR number never stands in a URL.

    A look-up by CPR or CVR number is written in the audit trail.
    """
    query = TaskQuery(**body.model_dump(exclude={"text"}))
    return await _list(house, actor, language, query, body.text)


async def _list(
    house: House, actor: Actor, language: str, wish: TaskQuery, text: str | None
) -> TaskList:
    on, after = house.today, place_at(wish.cursor, wish.order, wish.state)
    mine = actor.id if wish.mine else None
    await keep_weighed(house)
    async with house.database.transaction() as connection:
        if text and read_search(text).is_number:
            await note(connection, "search", actor.id, "searched-tasks")
        narrow = replace(narrowed(connection, wish, actor, text), state=wish.state, mine=mine)
        rows = await list_tasks(connection, narrow, on, after, wish.limit + 1, wish.order)
    page, more = rows[: wish.limit], None
    if len(rows) > wish.limit:
        more = cursor_of(place_of(page[-1], wish.order, wish.state))
    return TaskList(items=[view_task(row, on, language) for row in page], next_cursor=more)


@router.get("/{task_id}", operation_id="readTask", responses=problems(404, 422))
async def get_task(task_id: TaskId, house: TheHouse, _: Viewer, language: Language) -> TaskView:
    """One task, open or not."""
    async with house.database.transaction() as connection:
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/claim", operation_id="takeTask", responses=problems(404, 409, 422))
async def take_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Take a task, so that others see that you are on it."""
    async with house.database.transaction() as connection:
        await claim_task(connection, task_id, actor, house.clock())
        row = await read_task(connection, task_id, house.today)
    return view_task(row, house.today, language)


@router.post("/{task_id}/release", operation_id="releaseTask", responses=problems(404, 409, 422))
async def lay_back_task(
    task_id: TaskId, house: TheHouse, actor: TaskWorker, language: Language
) -> TaskView:
    """Lay a task back for others; one that you were asked about goes back to who asked."""
    async with house.database.transaction() as connection:
        await release_task(connection, task_id, actor, house.clock())
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
            decided = await decide(
                connection, house.policy, task_id, decision, actor, house.clock(), on
            )
        except Invalid as invalid:
            raise Invalid(*map(_as_sent, invalid.faults)) from None
        row = await next_task(connection, actor.id, kinds_for(actor), on)
    return DecisionView(
        decision_id=decided.decision_id,
        task_id=task_id,
        undoable_until=decided.undoable_until,
        next_task=view_task(row, on, language) if row else None,
    )


@router.post("/{task_id}/plan", operation_id="planAgreement", responses=problems(404, 409, 422))
async def plan_agreement(
    task_id: TaskId, body: AgreementBody, house: TheHouse, _: TaskWorker
) -> PlanView:
    """What if? The instalments an agreement would have; nothing is written down."""
    async with house.database.transaction() as connection:
        await read_task(connection, task_id, house.today)
        try:
            terms = await what_if(connection, house.policy, _agreement(body), house.today)
        except Invalid as invalid:
            raise Invalid(*map(_as_sent, invalid.faults)) from None
    return view_plan(terms)


def _as_sent(fault: Fault) -> Fault:
    """The field by the name it has in the body."""
    return replace(fault, field=_FIELDS.get(fault.field, fault.field))


def _decision(body: DecisionBody) -> NewDecision:
    agreement = _agreement(body.agreement) if body.agreement else None
    return NewDecision(
        body.outcome,
        body.reasons,
        body.look_again_on,
        agreement,
        body.words,
        screen=body.screen,
        undoable_for=WINDOW if body.undoable else None,
        write_off=_write_off(body.write_off),
        committee=_committee(body.committee),
    )


def _write_off(body: WriteOffBody | None) -> NewWriteOff | None:
    if body is None:
        return None
    return NewWriteOff(body.reason, body.proved_on, body.attachment_id, body.journal)


def _committee(body: CommitteeBody | None) -> CommitteeDecision | None:
    if body is None:
        return None
    return CommitteeDecision(body.decided_on, body.item, body.attachment_id, body.journal)


def _agreement(body: AgreementBody) -> NewAgreement:
    if len(set(body.claim_ids)) < len(body.claim_ids):
        raise Invalid(Fault("agreement.claim_ids", "claim-twice"))
    monthly = Money(body.monthly_ore) if body.monthly_ore else None
    yearly = body.yearly_income_ore
    return NewAgreement(
        tuple(body.claim_ids), body.first_due, body.months, monthly, body.has_low_income,
        None if yearly is None else Income(Money(yearly), body.has_children),
        acceptance_of(body.acceptance) if body.acceptance else None,
    )  # fmt: skip
