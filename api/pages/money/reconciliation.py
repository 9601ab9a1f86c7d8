"""The reconciliation as pages: the figures of a period, and the lines behind each of them."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from babel.dates import format_date
from fastapi import APIRouter, Query, Request, Response

from api.cursors import read_cursor, write_cursor
from api.dependencies import FigureVisitor, TheHouse
from api.languages import DANISH, language_of
from api.pages.money.waterfall import LEFT, ROW, WIDTH, waterfall
from api.pages.rendering import show
from api.pages.routing import PageRoute
from reports.periods import FROM, TO, read_period
from reports.reconciling.figures import Figure, read_figure
from reports.reconciling.lines import BEGINNING, lines
from reports.reconciling.report import read_one_moment, reconcile
from reports.reconciling.words import ReconciliationWords

router = APIRouter(route_class=PageRoute)
Since = Annotated[str | None, Query(alias=FROM)]
Until = Annotated[str | None, Query(alias=TO)]
_PAGE = 100


@router.get("/reconciliation")
async def show_reconciliation(
    request: Request, house: TheHouse, _: FigureVisitor, since: Since = None, until: Until = None
) -> Response:
    period = read_period(since, until, house.today)
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        found = await reconcile(connection, *period)
    facts = {
        "found": found,
        "bars": waterfall(found.arrears),
        "picture": {"width": LEFT + WIDTH, "row": ROW},
        "link": lambda figure, part=None: _link(figure, part, *period),
    }
    return show(request, "reconciliation", facts | _words(request, house, *period))


@router.get("/reconciliation/lines")
async def show_lines(
    request: Request,
    house: TheHouse,
    _: FigureVisitor,
    figure: str,
    part: str | None = None,
    since: Since = None,
    until: Until = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    period, of = read_period(since, until, house.today), read_figure(figure)
    rank, number = read_cursor(cursor, 2) if cursor else BEGINNING
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        found = await lines(connection, of, part, *period, (rank, number), _PAGE + 1)
    shown, is_more = found[:_PAGE], len(found) > _PAGE
    cursor = write_cursor(*shown[-1].place) if is_more else None
    facts = {
        "figure": of,
        "part": part,
        "lines": shown,
        "following": _link(of, part, *period, cursor) if cursor else None,
        "back": f"/reconciliation?{_query(*period)}",
    }
    return show(request, "reconciliation-lines", facts | _words(request, house, *period))


def _words(request: Request, house: TheHouse, since: date, until: date) -> dict[str, object]:
    language = language_of(request)
    locale = "da_DK" if language == DANISH else "en_GB"
    return {
        "name": ReconciliationWords(house.policy, language),
        "day": lambda day: format_date(day, "long", locale=locale),
        "since": since,
        "until": until,
    }


def _query(since: date, until: date, **more: str) -> str:
    return urlencode({FROM: since.isoformat(), TO: until.isoformat(), **more})


def _link(
    figure: Figure, part: str | None, since: date, until: date, cursor: str | None = None
) -> str:
    more = {"figure": figure.value, "part": part, "cursor": cursor}
    given = {name: value for name, value in more.items() if value is not None}
    return f"/reconciliation/lines?{_query(since, until, **given)}"
