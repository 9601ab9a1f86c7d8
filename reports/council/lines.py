"""What stands behind a figure of the council's report, row by row."""

from datetime import date

from sqlalchemy import Text, TextClause, bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.council.figures import CouncilFigure, Dimension
from reports.council.report import Amount, asking, column_of, days_of
from reports.council.rows import ALL_COUNCIL_ROWS, BEFORE_ALL
from reports.reconciling.lines import BEGINNING, Line, Place

_PLACED = "(rank > :rank or rank = :rank and id > :id) order by rank, id limit :limit"


_FOUND = "rank, id, source, subject, kind, booked_on, ore"


def _asked(wanted: str, sql: str, condition: str, by: Dimension, then: str = "") -> TextClause:
    """*wanted* of the rows behind a figure, or a part of it."""
    column = column_of(by)
    part = f"and {column} = :part" if column else ""
    statement = asking(f"""{BEFORE_ALL.format("not materialized")}
      select {wanted} from ({sql}) r where ({condition}) {part} {then}""")
    return statement.bindparams(bindparam("part", type_=Text)) if column else statement


_DEFINED = {figure: (rows.sql, condition) for rows in ALL_COUNCIL_ROWS
            for figure, condition in rows.of.items()}  # fmt: skip
_LINES = {
    (figure, by): _asked(_FOUND, *defined, by, f"and {_PLACED}")
    for figure, defined in _DEFINED.items()
    for by in Dimension
}
_SUMS = {
    (figure, by): _asked("coalesce(sum(ore), 0)::bigint, count(*)", *defined, by)
    for figure, defined in _DEFINED.items()
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


async def council_sum(
    connection: AsyncConnection,
    figure: CouncilFigure,
    by: Dimension,
    part: str,
    period: tuple[date, date],
) -> Amount:
    """What the lines come to in all."""
    values = days_of(*period) | {"part": part}
    return Amount(*(await connection.execute(_SUMS[figure, by], values)).one())
