"""What stands behind a figure of the reconciliation, row by row."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.reconciling.figures import ALL_ROWS, Figure

Place = tuple[int, int]
BEGINNING: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """*source* is entry, payment, payout, transfer, statement or bank-line; *subject* its name.

    *place* is where the next page begins when this is the last line of one.
    """

    place: Place
    source: str
    subject: str
    kind: str
    booked_on: date
    ore: int


_LINES = {
    figure: text(f"""
      select rank, id, source, subject, kind, booked_on, ore from ({rows.sql}) r
      where {condition} and (cast(:part as text) is null or part = :part)
        and (rank > :rank or rank = :rank and id > :id)
      order by rank, id limit :limit""").bindparams(bindparam("part", type_=Text))
    for rows in ALL_ROWS
    for figure, condition in rows.of.items()
}


async def lines(
    connection: AsyncConnection,
    figure: Figure,
    part: str | None,
    since: date,
    until: date,
    after: Place = BEGINNING,
    limit: int = 100,
) -> list[Line]:
    """The next *limit* lines after *after*; all of them together are the figure.

    *part* is one column of the figure's table, as a type of claim; None is all of them.
    """
    rank, number = after
    values: dict[str, date | str | int | None]
    values = {"part": part, "since": since, "until": until}
    values |= {"rank": rank, "id": number, "limit": limit}
    found = await connection.execute(_LINES[figure], values)
    return [
        Line((row.rank, row.id), row.source, row.subject, row.kind, row.booked_on, row.ore)
        for row in found
    ]
