"""The bailiff's pages: the calendar of hearings, the list of a day, and one proceeding."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import BailiffVisitor, CaseVisitor, TheHouse
from api.house import House
from api.languages import DANISH, language_of
from api.pages.distraints.rail import rail
from api.pages.forms import Typed, new_key, typed_facts
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.common import Number
from api.schemas.distraint_changes import ForeseenChange
from api.schemas.distraints import DistraintView
from api.views.distraints import monday_of, to_cancel, view_distraint, view_week
from domain.authority import Actor, Right, may
from domain.calendar import is_working_day, start_of
from domain.deadlines import dispatch_day
from domain.decisions import Outcome, TaskKind
from domain.distraints.distraint import AssetKind, DistraintEvent, objection_until
from domain.errors import Fault, NotFound
from letters.catalogue import sentence
from persistence.distraints.checks import Proposal, first_day_of
from persistence.distraints.money import Cost, cost_today
from persistence.distraints.reading import (
    Proceeding,
    distraint_of,
    read_distraint,
    read_hearings,
    read_taken,
)
from persistence.tasks.facts import CaseFacts, read_case
from persistence.tasks.inbox import read_task
from persistence.trail.audit import note_look

router = APIRouter(route_class=PageRoute, prefix="/distraints")
DistraintId = Annotated[Number, Path()]
TaskNumber = Annotated[Number, Query(alias="task")]
_DAY = timedelta(days=1)
_OFFICE_DAYS = 5
_OUTCOMES = (
    Outcome.PROPERTY_TAKEN,
    Outcome.ASSETS_TAKEN,
    Outcome.IN_VAIN,
    Outcome.PAID_AT_HEARING,
    Outcome.AGREEMENT,
)


@router.get("")
async def show_week(
    request: Request, house: TheHouse, actor: CaseVisitor, day: date | None = None
) -> Response:
    """The week that *day* is in; its days stand below each other on a phone."""
    on = house.today
    async with house.database.transaction() as connection:
        week = await view_week(connection, house.policy, day or on, on)
        taken = await read_taken(connection)
    days = [week.first + n * _DAY for n in range(7)]
    by_day = {one: [h for h in week.hearings if h.starts_at.date() == one] for one in days}
    facts = {
        "week": week,
        "days": [(one, by_day[one]) for one in days if one in days[:_OFFICE_DAYS] or by_day[one]],
        "number": week.first.isocalendar().week,
        "last": days[-1],
        "previous": week.first - 7 * _DAY,
        "following": week.first + 7 * _DAY,
        "is_this_week": week.first == monday_of(on),
        "to_cancel": to_cancel(taken),
        "may_hold": may(actor, Right.HOLD_DISTRAINT_HEARINGS),
    }
    return show(request, "distraints", facts | _words_of(request, house))


@router.get("/days/{day}")
async def show_day(request: Request, house: TheHouse, _: CaseVisitor, day: date) -> Response:
    """What the bailiff takes along: the day's addresses, by the hour."""
    async with house.database.transaction() as connection:
        rows = await read_hearings(connection, start_of(day), start_of(day + _DAY))
    facts: dict[str, Any] = {"day": day, "hearings": rows}
    facts |= {"previous": _office_day(day, -_DAY), "following": _office_day(day, _DAY)}
    facts |= _words_of(request, house)
    return show(request, "distraint-day", facts)


def _office_day(day: date, step: timedelta) -> date:
    """The working day before or after; hearings are held on no other."""
    day += step
    while not is_working_day(day):
        day += step
    return day


@router.get("/new")
async def ask_for_hearing(
    request: Request, house: TheHouse, actor: BailiffVisitor, task: TaskNumber
) -> Response:
    """Where one is set already, it is shown."""
    async with house.database.transaction() as connection:
        number = await distraint_of(connection, task)
    if number is not None:
        return RedirectResponse(f"/distraints/{number}", 303)
    return await show_new(request, house, actor, task)


async def show_new(
    request: Request,
    house: House,
    actor: Actor,
    task_id: int,
    typed: Typed | None = None,
    faults: tuple[Fault, ...] = (),
    foreseen: Proposal | None = None,
) -> Response:
    """The form, and what it would do where that was asked for."""
    on = house.today
    async with house.database.transaction() as connection:
        task = await read_task(connection, task_id, on)
        if task["kind"] != TaskKind.DISTRAINT or not task["claim_id"]:
            raise NotFound("task", task_id)
        await note_look(connection, task["claim_id"], actor.id)
        case = await read_case(connection, task_id, task["claim_id"], on)
        first_day = await first_day_of(connection, house.policy, task["claim_id"], on)
    given = typed or _suggested(case, first_day)
    facts = {"task": task, "case": case, "first_day": first_day, "foreseen": foreseen}
    facts |= {"leaves": dispatch_day(on), "key": given["key"] or new_key()}
    facts |= _words_of(request, house) | typed_facts(request, given, faults)
    return show(request, "distraint-new", facts, 422 if faults else 200)


def _suggested(case: CaseFacts, first_day: date | None) -> Typed:
    """The first day the law allows, where the debtor lives."""
    home = case.debtors[0] if case.debtors else None
    # The place is told to all who are called: an address that is protected is nobody's suggestion.
    address = home["address"] if home and not home["is_protected"] else ()
    day = first_day.isoformat() if first_day else ""
    return Typed(day=day, place=", ".join(address), is_outside="on")


@router.get("/{distraint_id}")
async def show_distraint(
    request: Request, house: TheHouse, actor: CaseVisitor, distraint_id: DistraintId
) -> Response:
    return await show_one(request, house, actor, distraint_id)


async def show_one(
    request: Request,
    house: House,
    actor: Actor,
    distraint_id: int,
    typed: Typed | None = None,
    faults: tuple[Fault, ...] = (),
    change: ForeseenChange | None = None,
) -> Response:
    """The proceeding with its forms; what was typed into one of them stays there.

    *change*: what moving it or calling it off would do, where that was asked for.
    """
    async with house.database.transaction() as connection:
        found = await read_distraint(connection, distraint_id)
        await note_look(connection, found.row["claim_id"], actor.id)
        cost = await _cost(connection, house, found)
        first_day = await first_day_of(connection, house.policy, found.row["claim_id"], house.today)
    facts = _facts_of(house, found, language_of(request)) | {
        "cost": cost,
        "change": change,
        "first_day": first_day,
        "may_hold": may(actor, Right.HOLD_DISTRAINT_HEARINGS),
        "key": (typed or Typed())["key"] or new_key(),
    }
    given = typed or _as_it_stands(facts["view"])
    facts |= _words_of(request, house) | typed_facts(request, given, faults)
    return show(request, "distraint", facts, 422 if faults else 200)


def _as_it_stands(view: DistraintView) -> Typed:
    """Who moves a hearing most often keeps the place and the hour."""
    is_outside = "on" if view.is_outside else ""
    return Typed(at=view.starts_at.strftime("%H.%M"), place=view.place, is_outside=is_outside)


def _facts_of(house: House, found: Proceeding, language: str) -> dict[str, Any]:
    policy, on = house.policy, house.today
    view = view_distraint(policy, found, on)
    return {
        "view": view,
        "row": found.row,
        "found": found,
        "rail": rail(policy, found, on, language),
        "objection_day": objection_until(policy.distraint_rule(on), on),
        "is_due": view.starts_at <= house.clock(),
        "outcome_words": _choices("word-outcome", _OUTCOMES, language),
        "asset_words": _choices("word-asset", AssetKind, language),
        "event_words": _choices("word-distraint-event", DistraintEvent, language),
    }


async def _cost(connection: AsyncConnection, house: House, found: Proceeding) -> Cost | None:
    """None once there is nothing more to be charged."""
    if found.row["outcome"] or found.row["called_off_on"] or found.row["ending"]:
        return None
    return await cost_today(connection, house.policy, found.row, house.today)


def _choices(stem: str, values: Iterable[str], language: str) -> list[tuple[str, str]]:
    """What a person chooses between."""
    return [(value, sentence(f"{stem}-{value}", language).capitalize()) for value in values]


def _words_of(request: Request, house: House) -> dict[str, Any]:
    """What each of these pages says: today, the rule in force, and what a claim is called."""
    is_danish = language_of(request) == DANISH

    def name(code: str) -> str:
        claim_type = house.policy.claim_type(code)
        return claim_type.name if is_danish else claim_type.name_en

    rule = house.policy.distraint_rule(house.today)
    return {"on": house.today, "rule": rule, "claim_type": name}
