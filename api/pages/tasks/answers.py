"""A task answered on its screen, once, and the answer taken back while there is time."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import TaskReader, TaskVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.screens.answers import named_as_in_form, read_answer
from api.screens.page import DecisionId, TheVisit, Visit, answered
from api.screens.view import NOT_FOR_THIS_READER
from domain.authority import Actor, kinds_for
from domain.errors import (
    AlreadyDecided,
    ClaimHasEnded,
    Conflict,
    Fault,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    TaskTaken,
    TooLate,
)
from persistence.tasks.deciding import NewDecision, decide
from persistence.tasks.drafts import drop_draft
from persistence.tasks.facts import decision_on
from persistence.tasks.inbox import next_task
from persistence.tasks.taking_back import take_back

router = APIRouter(route_class=PageRoute)


class _Changed(Conflict):
    """The form shows what is not so any more."""


_STATUS_AND_NOTICE: dict[type[Refusal], tuple[int, str]] = {
    AlreadyDecided: (409, "task-answered-first"),
    TaskTaken: (409, "task-taken-meanwhile"),
    ClaimHasEnded: (409, "task-over-meanwhile"),
    _Changed: (409, "task-changed-meanwhile"),
    NotAllowed: (403, "task-not-yours-to-answer"),
}


@router.post("/tasks/{task_id}/decide")  # noqa: FAST003 - the visit takes it
async def answer(visit: TheVisit) -> Response:
    """What is typed is kept first: whatever stands in the way, nothing is lost."""
    try:
        await visit.keep_draft()
        return await _answer(visit)
    except AlreadyDecided as refusal:
        return await _answered_twice(visit) or await _refuse(visit, refusal)
    except NotFound:
        raise
    except Refusal as refusal:
        return await _refuse(visit, refusal)


async def _answer(visit: Visit) -> Response:
    """Look and decide in one transaction."""
    async with visit.house.database.transaction() as connection:
        shown = await visit.look(connection)
        if shown.task["state"] == "decided":
            raise AlreadyDecided(f"task {visit.task_id}")
        if shown.why_not in NOT_FOR_THIS_READER:
            raise NotAllowed(shown.why_not)
        if visit.typed.one("version") != shown.version:
            raise _Changed(f"task {visit.task_id}")
        claim_id, on = shown.task["claim_id"], visit.house.today
        decision = read_answer(shown.kind, shown.screen, visit.typed, claim_id, on)
        decision = replace(decision, screen=visit.typed.one("screen") or None)
        return await visit.go_on(connection, await _decide(visit, connection, decision))


async def _decide(visit: Visit, connection: AsyncConnection, decision: NewDecision) -> int:
    house = visit.house
    try:
        decided = await decide(
            connection, house.policy, visit.task_id, decision, visit.actor, house.clock(),
            house.today,
        )  # fmt: skip
    except Invalid as invalid:
        raise _as_in_form(invalid, decision) from None
    except NotFound:  # the task itself is there: it has just been looked at
        raise Invalid(Fault("claims", "problem-not-found")) from None
    return decided.decision_id


def _as_in_form(invalid: Invalid, decision: NewDecision) -> Invalid:
    return Invalid(*(named_as_in_form(fault, decision.outcome) for fault in invalid.faults))


async def _answered_twice(visit: Visit) -> Response | None:
    """A double click, or the way back and the same again: the first answer is shown once more."""
    async with visit.house.database.transaction() as connection:
        decision = await decision_on(connection, visit.task_id)
        is_same = (
            decision is not None
            and decision["decided_by"] == visit.actor.id
            and visit.typed.one("outcome") in {"", decision["outcome"]}
            and visit.typed.one("reasons") == decision["reasons"]
        )
        if decision is None or not is_same:
            return None
        await drop_draft(connection, visit.task_id, visit.actor.id)
        return await visit.go_on(connection, decision["id"])


async def _refuse(visit: Visit, refusal: Refusal) -> Response:
    if isinstance(refusal, Invalid):
        return await visit.show_again(422, faults=refusal.faults)
    if known := _STATUS_AND_NOTICE.get(type(refusal)):
        return await visit.show_again(*known)
    return await visit.show_again(409, faults=(Fault("claims", "problem-claim-not-free"),))


@router.get("/decisions/{decision_id}")
async def show_decision(
    request: Request, house: TheHouse, actor: TaskReader, decision_id: DecisionId
) -> Response:
    """Where there is no next task to show an answer on."""
    return await _show_decision(request, house, actor, decision_id)


@router.post("/decisions/{decision_id}/undo")
async def undo(
    request: Request, house: TheHouse, actor: TaskVisitor, decision_id: DecisionId
) -> Response:
    try:
        async with house.database.transaction() as connection:
            task_id = await take_back(connection, decision_id, actor)
    except TooLate:
        return await _show_decision(request, house, actor, decision_id, is_too_late=True)
    return RedirectResponse(f"/tasks/{task_id}?done=undone", 303)


async def _show_decision(
    request: Request, house: House, actor: Actor, decision_id: int, *, is_too_late: bool = False
) -> Response:
    language = language_of(request)
    async with house.database.transaction() as connection:
        decision = await answered(connection, house, decision_id, actor, language)
        following = await next_task(connection, actor.id, kinds_for(actor), house.today)
    if decision is None:
        raise NotFound("decision", decision_id)
    facts = {"answered": decision, "following": following, "is_too_late": is_too_late}
    return show(request, "decision", facts, 409 if is_too_late else 200)
