"""The bailiff's pages: the calendar of hearings, the list of a day, and one proceeding."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import BailiffVisitor, CaseVisitor, TheHouse
from api.distraint_views import monday_of, to_cancel, view_distraint, view_week
from api.house import House
from api.languages import language_of
from api.pages.distraint_rail import current_notices, rail
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.typed_forms import Typed, typed_facts
from api.schemas.common import Number
from domain.authority import Actor, Right, may
from domain.calendar import start_of
from domain.deadlines import dispatch_day
from domain.decisions import Outcome, TaskKind
from domain.distraint import AssetKind, DistraintEvent, objection_until
from domain.errors import Fault, NotFound
from letters.catalogue import sentence
from persistence.audit import note_look
from persistence.distraint_checks import Proposal, first_day_of
from persistence.distraint_money import Cost, cost_today
from persistence.inbox import read_task
from persistence.reading_distraints import Proceeding, read_distraint, read_hearings, read_taken
from persistence.task_facts import read_case

router = APIRouter(route_class=PageRoute, prefix="/distraints")
DistraintId = Annotated[Number, Path()]
TaskNumber = Annotated[Number, Query(alias="task")]
_DAY = timedelta(days=1)
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
        "days": [(one, by_day[one]) for one in days if one.weekday() < 5 or by_day[one]],  # noqa: PLR2004
        "number": week.first.isocalendar().week,
        "last": days[-1],
        "previous": week.first - 7 * _DAY,
        "following": week.first + 7 * _DAY,
        "is_this_week": week.first == monday_of(on),
        "to_cancel": to_cancel(taken),
        "on": on,
        "warn_days": house.policy.distraint_rule(on).warn_days,
        "may_hold": may(actor, Right.HOLD_DISTRAINT_HEARINGS),
        "claim_type": _namer(request, house),
    }
    return show(request, "distraints", facts)


@router.get("/days/{day}")
async def show_day(request: Request, house: TheHouse, _: CaseVisitor, day: date) -> Response:
    """What the bailiff takes along: the day's addresses, by the hour."""
    async with house.database.transaction() as connection:
        rows = await read_hearings(connection, start_of(day), start_of(day + _DAY))
    facts = {"day": day, "hearings": rows, "claim_type": _namer(request, house)}
    return show(request, "distraint-day", facts)


@router.get("/new")
async def ask_for_hearing(
    request: Request, house: TheHouse, actor: BailiffVisitor, task: TaskNumber
) -> Response:
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
    given = typed or Typed(
        day=first_day.isoformat() if first_day else "",
        place=", ".join(case.debtors[0]["address"]) if case.debtors else "",
        is_outside="on",
    )
    facts = {
        "task": task,
        "case": case,
        "first_day": first_day,
        "rule": house.policy.distraint_rule(on),
        "foreseen": foreseen,
        "leaves": dispatch_day(on),
        "key": given["key"] or new_key(),
        "claim_type": _namer(request, house),
    }
    status = 422 if faults else 200
    return show(request, "distraint-new", facts | typed_facts(request, given, faults), status)


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
    status: int = 422,
) -> Response:
    """The proceeding with its forms; what was typed into one of them stays there."""
    on, language = house.today, language_of(request)
    async with house.database.transaction() as connection:
        found = await read_distraint(connection, distraint_id)
        await note_look(connection, found.row["claim_id"], actor.id)
        cost = await _cost(connection, house, found)
    view = view_distraint(house.policy, found, on)
    facts = {
        "view": view,
        "row": found.row,
        "found": found,
        "rail": rail(house.policy, found, on, language),
        "notices": current_notices(found),
        "cost": cost,
        "on": on,
        "rule": house.policy.distraint_rule(on),
        "objection_day": objection_until(house.policy.distraint_rule(on), on),
        "may_hold": may(actor, Right.HOLD_DISTRAINT_HEARINGS),
        "is_due": view.starts_at.date() <= on,
        "outcome_words": _words("word-outcome", _OUTCOMES, language),
        "asset_words": _words("word-asset", AssetKind, language),
        "event_words": _words("word-distraint-event", DistraintEvent, language),
        "key": (typed or Typed())["key"] or new_key(),
        "claim_type": _namer(request, house),
    }
    told = typed_facts(request, typed, faults)
    return show(request, "distraint", facts | told, status if faults else 200)


async def _cost(connection: AsyncConnection, house: House, found: Proceeding) -> Cost | None:
    """None once there is nothing more to be charged."""
    if found.row["outcome"] or found.row["called_off_on"] or found.row["ending"]:
        return None
    return await cost_today(connection, house.policy, found.row, house.today)


def _words(stem: str, values: Iterable[str], language: str) -> list[tuple[str, str]]:
    """What a person chooses between."""
    return [(value, sentence(f"{stem}-{value}", language).capitalize()) for value in values]


def _namer(request: Request, house: House) -> Any:
    is_danish = language_of(request) == "da"

    def name(code: str) -> str:
        claim_type = house.policy.claim_type(code)
        return claim_type.name if is_danish else claim_type.name_en

    return name
