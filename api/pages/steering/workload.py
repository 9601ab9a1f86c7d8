"""Who has how much to do, what has waited longest, what a second person must answer, what rests."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import SteerVisitor, TheHouse
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.common import PRINTABLE
from domain.authority import APPROVALS, WORKERS
from domain.claim import HoldReason
from domain.errors import Fault, Invalid
from persistence.people.substituting import substitutions
from persistence.steering.teams import list_teams, move_to_team, team_called
from persistence.steering.workload import LATELY, LONG, LONGER, list_held, read_workload
from reports.response_times import response_times

router = APIRouter(route_class=PageRoute)
_PAGE = 50


@router.get("/workload")
async def show_workload(
    request: Request,
    house: TheHouse,
    _: SteerVisitor,
    team: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    on, narrow = house.today, team_called(house.policy, team) if team else None
    async with house.database.transaction() as connection:
        work = await read_workload(connection, WORKERS, on, narrow)
        times = await response_times(connection, house.policy, on - LATELY, on)
        arranged = await substitutions(connection, on)
        teams = await list_teams(connection, house.policy)
    facts = {
        "team": team,
        "teams": teams,
        "times": times,
        "work": work,
        "approvals": [row for row in work.kinds if row["kind"] in APPROVALS],
        "substitutions": arranged,
        "lately": LATELY.days,
        "long": LONG,
        "longer": LONGER,
        "on": on,
    }
    return show(request, "workload", facts)


@router.post("/workload/teams")
async def move(
    house: TheHouse,
    actor: SteerVisitor,
    person: Annotated[str, Form(max_length=100, pattern=PRINTABLE)],
    team: Annotated[str, Form(max_length=100, pattern=PRINTABLE)] = "",
) -> RedirectResponse:
    async with house.database.transaction() as connection:
        await move_to_team(connection, person, team.strip() or None, actor)
    return RedirectResponse("/workload", 303)


@router.get("/holds")
async def show_held(
    request: Request,
    house: TheHouse,
    _: SteerVisitor,
    reason: Annotated[str, Query(max_length=100)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    if reason not in set(HoldReason):
        raise Invalid(Fault("reason", "problem-not-found"))
    async with house.database.transaction() as connection:
        rows = await list_held(connection, reason, read_dated_cursor(cursor), _PAGE + 1)
    page, more = rows[:_PAGE], None
    if len(rows) > _PAGE:
        place = write_dated_cursor(page[-1]["since"], page[-1]["id"])
        more = f"/holds?{urlencode({'reason': reason, 'cursor': place})}"
    types = type_names(house.policy, language_of(request))
    facts = {"held": page, "reason": reason, "types": types, "following": more, "on": house.today}
    return show(request, "holds", facts)
