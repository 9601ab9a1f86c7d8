"""What stands behind a figure of a report to the council: claims, entries, debtors, agreements."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.cursors import read_cursor, write_cursor
from api.dependencies import CaseVisitor, TheHouse
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.steering.council_reports import Number, lines_of
from persistence.steering.council_reports import read_report
from reports.council_document import Cell, Source, Unit, in_words
from reports.council_figures import CouncilFigure, read_council_figure, read_dimension
from reports.council_lines import council_lines, council_sum
from reports.council_snapshots import figures_of
from reports.council_words import CouncilWords
from reports.reconciliation import read_one_moment
from reports.reconciliation_lines import BEGINNING
from reports.reconciliation_words import ReconciliationWords

router = APIRouter(route_class=PageRoute, prefix="/council-reports")
Asked = Annotated[str, Query(max_length=100)]
_PAGE = 100


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
    asked = (source.figure, source.by, source.part)
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        kept = figures_of(await read_report(connection, number))
        period = (kept.since, kept.until)
        found = await council_lines(connection, *asked, period, (rank, place), _PAGE + 1)
        total = await council_sum(connection, *asked, period)
    lines, more = found[:_PAGE], None
    if len(found) > _PAGE:
        more = lines_of(number, source, write_cursor(*lines[-1].place))
    language = language_of(request)
    unit = Unit.DAYS if source.figure is CouncilFigure.DAYS_TO_PAY else Unit.KRONER
    facts = {
        "number": number,
        "source": source,
        "lines": lines,
        "following": more,
        "kept": kept.of(*asked),
        "total": total,
        "name": CouncilWords(house.policy, language),
        "line_name": ReconciliationWords(house.policy, language),
        "is_days": unit is Unit.DAYS,
        "words": lambda value: in_words(Cell(value, unit), language),
        "period": period,
    }
    return show(request, "council-lines", facts)
