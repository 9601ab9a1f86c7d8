"""How often people decide otherwise than was recommended: counted, never prevented."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import FigureVisitor, TheHouse
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.views.agreements import view_assessments
from domain.decisions import ANSWERS, TaskKind
from persistence.agreements.assessing import count_assessments
from reports.periods import read_period

router = APIRouter(route_class=PageRoute, prefix="/assessments")


@router.get("/figures")
async def show_assessments(
    request: Request,
    house: TheHouse,
    _: FigureVisitor,
    since: Annotated[str | None, Query(alias="from", max_length=20)] = None,
    until: Annotated[str | None, Query(alias="to", max_length=20)] = None,
) -> Response:
    first, last = read_period(since, until, house.today)
    async with house.database.transaction() as connection:
        rows = await count_assessments(connection, first, last)
    entry = house.policy.assessment.entry_on(house.today)
    facts = {
        "figures": view_assessments(rows, first, last),
        "outcomes": sorted(ANSWERS[TaskKind.ASSESSMENT]),
        "source": entry.source if entry else "",
    }
    return show(request, "assessment-figures", facts)
