"""Reports to the council: made of the books, commented, frozen, withdrawn; their key figures."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import RowMapping

from api.council_files import key_figures_of
from api.council_query import lay_report, not_ahead
from api.cursors import read_cursor, write_cursor
from api.dependencies import FigureReader, Steerer, TheHouse, Viewer
from api.languages import Language
from api.routes.describing import problems
from api.schemas.common import Number
from api.schemas.council import (
    CouncilAmount,
    CouncilCommentsBody,
    CouncilFrozen,
    CouncilLaid,
    CouncilLine,
    CouncilLines,
    CouncilLinesQuery,
    CouncilReportBody,
    CouncilReportLine,
    CouncilReports,
    CouncilReportView,
    KeyFigures,
    WithdrawalBody,
)
from domain.errors import Fault, Invalid, NotFound
from persistence.steering.council_reports import (
    comment_on,
    discard_draft,
    freeze,
    list_reports,
    read_report,
    withdraw,
)
from reports.council.ends import SECTIONS
from reports.council.lines import council_lines, council_sum
from reports.council.snapshots import figures_of, read_council_report
from reports.periods import in_order
from reports.reconciling.lines import BEGINNING
from reports.reconciling.report import read_one_moment

router = APIRouter(prefix="/council-reports", tags=["figures"])
ReportId = Annotated[Number, Path(examples=[3])]


@router.get("", operation_id="listCouncilReports", responses=problems())
async def get_reports(house: TheHouse, _: FigureReader) -> CouncilReports:
    """List the reports, drafts first, then the latest; those withdrawn or replaced among them."""
    async with house.database.transaction() as connection:
        rows = await list_reports(connection)
    return CouncilReports(items=[CouncilReportLine(**_line(row)) for row in rows])


@router.post("", operation_id="layCouncilReport", status_code=201, responses=problems(422))
async def post_report(house: TheHouse, actor: Steerer, body: CouncilReportBody) -> CouncilLaid:
    """Work out the figures of a period as the books are now, and keep them as a draft."""
    period = not_ahead(*in_order(body.since, body.until), house.today)
    return CouncilLaid(id=await lay_report(house, *period, actor))


@router.get("/{number}", operation_id="readCouncilReport", responses=problems(404, 422))
async def get_report(house: TheHouse, _: FigureReader, number: ReportId) -> CouncilReportView:
    """Read what a report says: all its figures, in whole and in their parts."""
    async with house.database.transaction() as connection:
        row = await read_report(connection, number)
    amounts = [
        CouncilAmount(figure=figure, by=by, part=part, amount_ore=amount.ore, number=amount.lines)
        for (figure, by, part), amount in sorted(figures_of(row).cells.items())
    ]
    told = {"comments": row["comments"], "sha256": row["sha256"], "figures": amounts}
    return CouncilReportView(**_line(row), **told)


@router.put(
    "/{number}/comments", operation_id="commentCouncilReport", status_code=204,
    responses=problems(404, 409, 422),
)  # fmt: skip
async def put_comments(
    house: TheHouse, _: Steerer, number: ReportId, body: CouncilCommentsBody
) -> Response:
    """Write the comments of a draft, by section; those left out are taken away."""
    if unknown := sorted(set(body.comments) - SECTIONS.keys()):
        values = {"value": unknown[0][:60], "known": ", ".join(SECTIONS)}
        raise Invalid(Fault("comments", "council-unknown", values))
    async with house.database.transaction() as connection:
        await comment_on(connection, number, body.comments)
    return Response(status_code=204)


@router.post(
    "/{number}/freeze", operation_id="freezeCouncilReport", responses=problems(404, 409, 422)
)
async def post_freeze(house: TheHouse, actor: Steerer, number: ReportId) -> CouncilFrozen:
    """Freeze a draft: nothing that is booked later changes it."""
    async with house.database.transaction() as connection:
        told = await freeze(connection, number, actor, house.today, house.clock())
    return CouncilFrozen(id=number, sha256=told)


@router.delete(
    "/{number}", operation_id="discardCouncilReport", status_code=204,
    responses=problems(404, 409, 422),
)  # fmt: skip
async def delete_report(house: TheHouse, _: Steerer, number: ReportId) -> Response:
    """Discard a draft; a report that is frozen is withdrawn instead."""
    async with house.database.transaction() as connection:
        await discard_draft(connection, number)
    return Response(status_code=204)


@router.post(
    "/{number}/withdraw", operation_id="withdrawCouncilReport", status_code=204,
    responses=problems(404, 409, 422),
)  # fmt: skip
async def post_withdrawal(
    house: TheHouse, actor: Steerer, number: ReportId, body: WithdrawalBody
) -> Response:
    """Withdraw a frozen report with a reason; it can still be read."""
    async with house.database.transaction() as connection:
        await withdraw(connection, number, body.reasons, actor, house.today)
    return Response(status_code=204)


@router.get("/{number}/lines", operation_id="listCouncilLines", responses=problems(404, 422))
async def get_lines(
    house: TheHouse, _: Viewer, number: ReportId, wish: Annotated[CouncilLinesQuery, Query()]
) -> CouncilLines:
    """List what stands behind a figure, as the books are now: together the lines are the sum."""
    rank, place = read_cursor(wish.cursor, 2) if wish.cursor else BEGINNING
    asked = (wish.figure, wish.by, wish.part)
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        kept = figures_of(await read_report(connection, number))
        period = (kept.since, kept.until)
        found = await council_lines(connection, *asked, period, (rank, place), wish.limit + 1)
        total = await council_sum(connection, *asked, period)
    lines, is_more = found[: wish.limit], len(found) > wish.limit
    return CouncilLines(
        items=[
            CouncilLine(
                source=line.source, subject=line.subject, kind=line.kind,
                booked_on=line.booked_on, amount_ore=line.ore,
            )
            for line in lines
        ],
        amount_ore=total.ore,
        number=total.lines,
        next_cursor=write_cursor(*lines[-1].place) if is_more else None,
    )  # fmt: skip


@router.get("/{number}/key-figures", operation_id="readKeyFigures", responses=problems(404, 422))
async def get_key_figures(
    house: TheHouse, _: FigureReader, number: ReportId, language: Language
) -> KeyFigures:
    """Read the open key figures of a frozen report: no personal data, small numbers left out."""
    async with house.database.transaction() as connection:
        report = await read_council_report(connection, number)
    if report.frozen_on is None:
        raise NotFound("council-report", number)
    return key_figures_of(report, house.policy, language)


def _line(row: RowMapping) -> dict[str, Any]:
    names = ("id", "since", "until", "read_at", "frozen_on", "replaced_by", "withdrawn_on",
             "withdrawn_because")  # fmt: skip
    return {name: row[name] for name in names} | {"replaces": row["replaces_id"]}
