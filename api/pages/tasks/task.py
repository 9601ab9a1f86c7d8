"""A task on one screen: read, taken, drafted, reckoned, and laid back."""

from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import TaskReader, TheHouse
from api.languages import language_of
from api.pages.rendering import show_part
from api.pages.routing import PageRoute
from api.pages.seen import keep_shown
from api.screens.facts import page_facts
from api.screens.page import TaskId, TheVisit, Visit, answered, task_page
from api.screens.plans import plain_kroner
from api.screens.typed import Typed
from api.screens.view import look
from api.screens.words import clock_time
from domain.agreements.ability import ProposalKind
from domain.decisions import Outcome
from domain.errors import Conflict
from domain.looking import Purpose
from persistence.tasks.drafts import drop_draft
from persistence.tasks.inbox import read_task
from persistence.tasks.taking import claim_task, release_task

router = APIRouter(route_class=PageRoute, prefix="/tasks/{task_id}")
Act = Literal[
    "decide",
    "plan",
    "take",
    "release",
    "draft",
    "hold",
    "objection",
    "place",
    "refund",
    "delegate",
    "return",
    "snooze",
    "wake",
]
Done = Literal[
    "taken",
    "released",
    "undone",
    "held",
    "objection",
    "placed",
    "refund",
    "kept",
    "dropped",
    "asked",
    "returned",
    "snoozed",
    "woken",
]


@router.get("")
async def show_one(
    request: Request,
    house: TheHouse,
    actor: TaskReader,
    task_id: TaskId,
    decided: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    done: Done | None = None,
) -> Response:
    """*decided*: the answer the reader has just given to another task. *done*: to this one."""
    language = language_of(request)
    async with house.database.transaction() as connection:
        shown = await look(connection, house, task_id, actor, language)
        own = shown.decision["id"] if shown.decision else None
        before = await answered(connection, house, decided or own, actor, language)
        page = task_page(request, house, shown, actor, answered=before, done=done)
        purpose = None if shown.why_not == "task-not-for-role" else Purpose.OWN_TASK
        return await keep_shown(request, connection, page, shown.task["subject"], actor, purpose)


@router.get("/{act}")
async def return_to_task(_: TaskReader, task_id: TaskId, act: Act) -> Response:
    """Where a form came back with faults: read again, its address leads to the task."""
    del act
    return RedirectResponse(f"/tasks/{task_id}", 303)


@router.post("/take")
async def take(visit: TheVisit) -> Response:
    try:
        async with visit.house.database.transaction() as connection:
            await claim_task(connection, visit.task_id, visit.actor, visit.house.clock())
    except Conflict:
        return await visit.show_again(409, "task-too-late-to-take")
    return visit.back("taken")


@router.post("/release")
async def release(visit: TheVisit) -> Response:
    """One that is not ours any more is laid back already."""
    with suppress(Conflict):
        async with visit.house.database.transaction() as connection:
            await release_task(connection, visit.task_id, visit.actor, visit.house.clock())
    return visit.back("released")


@router.post("/draft")
async def draft(visit: TheVisit) -> Response:
    """Whoever begins to write has taken the task."""
    kept_at, on = await visit.keep_draft(), visit.house.today
    with suppress(Conflict):
        async with visit.house.database.transaction() as connection:
            await claim_task(connection, visit.task_id, visit.actor, visit.house.clock())
    if not visit.is_by_htmx:
        return visit.back("kept")
    async with visit.house.database.transaction() as connection:
        task = await read_task(connection, visit.task_id, on)
    is_mine = task["claimed_by"] == visit.actor.id
    facts = {"task": task, "on": on, "is_mine": is_mine}
    kept = clock_time(kept_at, visit.language)
    return show_part(visit.request, "draft", facts | {"kept_at": kept})


@router.post("/draft/drop")
async def drop(visit: TheVisit) -> Response:
    async with visit.house.database.transaction() as connection:
        await drop_draft(connection, visit.task_id, visit.actor.id)
    return visit.back("dropped")


@router.post("/plan")
async def plan(visit: TheVisit) -> Response:
    """What if? By the button the page comes back with the answer, by the slider only the answer."""
    if visit.typed.one("reckon") == "proposal":
        visit = replace(visit, typed=await _as_proposed(visit))
    if not visit.is_by_htmx:
        return await visit.show_again(200)
    async with visit.house.database.transaction() as connection:
        shown = await visit.look(connection)
    return show_part(
        visit.request, "plan", page_facts(visit.request, visit.house, shown, visit.actor)
    )


async def _as_proposed(visit: Visit) -> Typed:
    """The form with what is proposed filled in."""
    async with visit.house.database.transaction() as connection:
        shown = await visit.look(connection)
    proposed = shown.proposal[0] if shown.proposal else None
    if proposed is None or proposed.monthly is None:
        return visit.typed
    is_free = proposed.kind is ProposalKind.INSTALMENTS
    filled = {
        "months": (),
        "monthly": (plain_kroner(proposed.monthly),) if is_free else (),
        "low-income": ("on",) if is_free and proposed.has_low_income else (),
        "outcome": (Outcome.AGREEMENT.value,),
    }
    return Typed({**visit.typed.fields, **filled})
