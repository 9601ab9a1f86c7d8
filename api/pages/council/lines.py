"""What stands behind a figure of a report to the council: claims, entries, debtors, agreements."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.cursors import read_cursor, write_cursor
from api.dependencies import CaseVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.council.reports import Number, lines_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from persistence.steering.council_reports import read_report
from reports.council.document import Cell, Source, Unit, in_words
from reports.council.figures import CouncilFigure, read_council_figure, read_dimension
from reports.council.lines import council_lines, council_sum
from reports.council.report import Amount, CouncilFigures
from reports.council.snapshots import figures_of
from reports.council.words import CouncilWords
from reports.reconciling.lines import BEGINNING, Line, Place
from reports.reconciling.report import read_one_moment
from reports.reconciling.words import ReconciliationWords

router = APIRouter(route_class=PageRoute, prefix="/council-reports")
Asked = Annotated[str, Query(max_length=100)]
_PAGE = 100


@dataclass(frozen=True, slots=True)
class _Behind:
    """A page of lines, all of them together, and what the report says."""

    lines: list[Line]
    total: Amount
    kept: CouncilFigures


@router.get("/{number}/lines")
async def show_council_lines(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    number: Number,
    figure: Asked,
    by: Asked = "total",
    part: Asked = "",
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """As the books are now, beside what the report says."""
    source = Source(read_council_figure(figure), read_dimension(by), part)
    rank, place = read_cursor(cursor, 2) if cursor else BEGINNING
    found = await _read(house, number, source, (rank, place))
    lines, more = found.lines[:_PAGE], None
    if len(found.lines) > _PAGE:
        more = lines_of(number, source, write_cursor(*lines[-1].place))
    facts = {
        "number": number,
        "source": source,
        "lines": lines,
        "following": more,
        "kept": found.kept.of(source.figure, source.by, source.part),
        "total": found.total,
        "period": (found.kept.since, found.kept.until),
    }
    return show(request, "council-lines", facts | _words(request, house, source))


async def _read(house: House, number: int, source: Source, after: Place) -> _Behind:
    asked = (source.figure, source.by, source.part)
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        kept = figures_of(await read_report(connection, number))
        period = (kept.since, kept.until)
        lines = await council_lines(connection, *asked, period, after, _PAGE + 1)
        return _Behind(lines, await council_sum(connection, *asked, period), kept)


def _words(request: Request, house: House, source: Source) -> dict[str, object]:
    language = language_of(request)
    unit = Unit.DAYS if source.figure is CouncilFigure.DAYS_TO_PAY else Unit.KRONER
    return {
        "name": CouncilWords(house.policy, language),
        "line_name": ReconciliationWords(house.policy, language),
        "is_days": unit is Unit.DAYS,
        "words": lambda value: in_words(Cell(value, unit), language),
    }
