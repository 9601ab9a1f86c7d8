"""The claims behind a figure of what was given up in a year, and the sum they come to."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import RowMapping

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import FigureVisitor, TheHouse
from api.house import House
from api.languages import DANISH, language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.endings.write_off import WriteOffReason
from domain.money import NOTHING
from persistence.endings.write_off_figures import year_figures, year_lines

router = APIRouter(route_class=PageRoute, prefix="/write-offs")
_PAGE = 100


@router.get("/lines")
async def show_lines(
    request: Request,
    house: TheHouse,
    _: FigureVisitor,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    reason: WriteOffReason | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """*reason* is left out for what was given up before reasons were told."""
    wanted, code = year or house.today.year, reason.value if reason else ""
    after = read_dated_cursor(cursor)
    async with house.database.transaction() as connection:
        rows = await year_lines(connection, wanted, code, after, _PAGE + 1)
        figures = await year_figures(connection, house.policy, wanted, house.today)
    figure = next((one for one in figures if one.reason == code), None)
    page = rows[:_PAGE]
    facts = {
        "year": wanted,
        "reason": code,
        "rows": page,
        "amount": figure.amount if figure else NOTHING,
        "claims": figure.claims if figure else 0,
        "following": _following(wanted, code, page[-1]) if len(rows) > _PAGE else None,
        "type_name": lambda kind: _name(house, kind, language_of(request)),
    }
    return show(request, "write-off-lines", facts)


def _following(year: int, reason: str, last: RowMapping) -> str:
    named = {"reason": reason} if reason else {}
    cursor = write_dated_cursor(last["booked_on"], last["id"])
    return "/write-offs/lines?" + urlencode({"year": year, **named, "cursor": cursor})


def _name(house: House, code: str, language: str) -> str:
    kind = house.policy.claim_type(code)
    return kind.name if language == DANISH else kind.name_en
