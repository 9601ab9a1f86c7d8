"""The page of all that lies at the recovery authority, and of what is under way between us."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import CaseVisitor, TheHouse
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.recovery.books import Moved, Movement
from domain.recovery.codes import reject_code
from reports.reconciling.report import read_one_moment
from reports.recovery_books import read_month, read_recovery

router = APIRouter(route_class=PageRoute)
_MOST = 25  # messages shown that are on their way


@router.get("/recovery")
async def show_recovery(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    month: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """The books are those of a month that is over: the authority tells its own then."""
    until = read_month(month, house.today)
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        found = await read_recovery(connection, until)
    facts = {
        "found": found,
        "until": until,
        "month": f"{until:%Y-%m}",
        "movements": [movement.value for movement in Movement],
        "ours": _columns(found.books.ours),
        "theirs": _columns(found.books.theirs) if found.books.theirs else None,
        "columns_of": _columns,
        "pointer": reject_code,
        "hearing_length": timedelta(days=house.policy.hearing_days),
        "on": house.today,
        "most": _MOST,
    }
    return show(request, "recovery", facts)


def _columns(moved: Moved) -> dict[str, int]:
    return {movement.value: getattr(moved, movement).ore for movement in Movement} | {
        "base": moved.base.ore,
        "left": moved.left.ore,
    }
