"""A colleague asked from a task's screen, their answer, and a task put off and taken up again."""

from fastapi import APIRouter, Response
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from api.pages.routing import PageRoute
from api.pages.tasks.acts import carry_out
from api.screens.page import TheVisit, Visit
from api.screens.typed import Reading, read_coming_day
from persistence.tasks.taking import delegate_task, return_task, snooze_task, wake_task

router = APIRouter(route_class=PageRoute, prefix="/tasks/{task_id}")


@router.post("/delegate")
async def delegate(visit: TheVisit) -> Response:
    """The task is the colleague's until they answer."""
    return await carry_out(visit, _ask, {"to": "colleague"})


async def _ask(visit: Visit, connection: AsyncConnection, _: RowMapping) -> Response:
    reading = Reading(visit.typed)
    question, to = reading.prose("question"), visit.typed.one("colleague")
    if not to:
        reading.fail("colleague", "colleague-missing")
    if not question:
        reading.fail("question", "question-missing")
    reading.require_sound()
    now = visit.house.clock()
    await delegate_task(connection, visit.task_id, to, question, visit.actor, now)
    return visit.back("asked")


@router.post("/return")
async def give_back(visit: TheVisit) -> Response:
    """Whose the task is has it again, with the answer."""
    names = {"answer": "colleague-answer"}
    return await carry_out(visit, _answer, names, "problem-task-not-delegated")


async def _answer(visit: Visit, connection: AsyncConnection, _: RowMapping) -> Response:
    reading = Reading(visit.typed)
    if not (answer := reading.prose("colleague-answer")):
        reading.fail("colleague-answer", "colleague-answer-missing")
    reading.require_sound()
    await return_task(connection, visit.task_id, answer, visit.actor, visit.house.clock())
    return visit.back("returned")


@router.post("/snooze")
async def snooze(visit: TheVisit) -> Response:
    return await carry_out(visit, _put_off, {"until": "snooze-until", "reason": "snooze-reason"})


async def _put_off(visit: Visit, connection: AsyncConnection, _: RowMapping) -> Response:
    reading, house = Reading(visit.typed), visit.house
    until, reason = reading.read("snooze-until", read_coming_day), reading.prose("snooze-reason")
    if until is None:
        reading.fail("snooze-until", "field-missing")
    if not reason:
        reading.fail("snooze-reason", "reasons-missing")
    reading.require_sound()
    assert until is not None
    most = house.policy.snooze_days
    await snooze_task(connection, visit.task_id, until, reason, visit.actor, house.today, most)
    return visit.back("snoozed")


@router.post("/wake")
async def wake(visit: TheVisit) -> Response:
    return await carry_out(visit, _take_up, {"task": "snoozed"}, "problem-task-not-snoozed")


async def _take_up(visit: Visit, connection: AsyncConnection, _: RowMapping) -> Response:
    await wake_task(connection, visit.task_id, visit.actor, visit.house.today)
    return visit.back("woken")
