"""What stands behind a figure of the council's report, row by row."""

from datetime import date

from sqlalchemy import Text, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.council import asking, column_of, days_of
from reports.council_figures import CouncilFigure, Dimension
from reports.council_rows import ALL_COUNCIL_ROWS, BEFORE_ALL
from reports.reconciliation_lines import BEGINNING, Line, Place

_PLACED = "(rank > :rank or rank = :rank and id > :id) order by rank, id limit :limit"


def _lines(sql: str, condition: str, by: Dimension) -> str:
    part = f"and {column_of(by)} = :part" if column_of(by) else ""
    return f"""{BEFORE_ALL.format("not materialized")}
      select rank, id, source, subject, kind, booked_on, ore from ({sql}) r
      where {condition} {part} and {_PLACED}"""


_LINES = {
    (figure, by): asking(_lines(rows.sql, condition, by)).bindparams(
        *([bindparam("part", type_=Text)] if column_of(by) else [])
    )
    for rows in ALL_COUNCIL_ROWS
    for figure, condition in rows.of.items()
    for by in Dimension
}


async def council_lines(
    connection: AsyncConnection,
    figure: CouncilFigure,
    by: Dimension,
    part: str,
    period: tuple[date, date],
    after: Place = BEGINNING,
    limit: int = 100,
) -> list[Line]:
    """The next *limit* lines after *after*; all of them together are the figure."""
    rank, number = after
    values = days_of(*period) | {"rank": rank, "id": number, "limit": limit, "part": part}
    found = await connection.execute(_LINES[figure, by], values)
    return [
        Line((row.rank, row.id), row.source, row.subject, row.kind, row.booked_on, row.ore)
        for row in found
    ]
