"""The figures the council follows arrears up with, over any two days, told in several ways."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ARRAY, Date, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import add_months
from domain.steering.council import BANDS_FROM_OLDEST, age_edges
from reports.council.figures import CouncilFigure, Dimension, dimensions_of
from reports.council.rows import ALL_COUNCIL_ROWS, BEFORE_ALL, CouncilRows

Key = tuple[CouncilFigure, Dimension, str]
_COLUMNS = {
    Dimension.TYPE: "claim_type",
    Dimension.KIND: "debtor_kind",
    Dimension.AGE: "age",
    Dimension.STAGE: "stage",
    Dimension.REASON: "part",
}
_BY = ", ".join(_COLUMNS.values())


@dataclass(frozen=True, slots=True)
class Amount:
    """*ore*, signed as its figure says; *lines*: how many claims, entries or debtors it is of."""

    ore: int = 0
    lines: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.ore + other.ore, self.lines + other.lines)


NOTHING = Amount()
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CouncilFigures:
    """What was found over a period, both days within it."""

    since: date
    until: date
    cells: Mapping[Key, Amount] = field(repr=False)

    def of(self, figure: CouncilFigure, by: Dimension = Dimension.TOTAL, part: str = "") -> Amount:
        return self.cells.get((figure, by, part), NOTHING)

    def parts(self, by: Dimension, figures: Iterable[CouncilFigure]) -> tuple[str, ...]:
        """Those that one of *figures* has something in, in the alphabet's order."""
        wanted = frozenset(figures)
        return tuple(sorted({key[2] for key in self.cells if key[0] in wanted and key[1] is by}))

    @property
    def is_empty(self) -> bool:
        return not self.cells


def _sums(rows: CouncilRows) -> str:
    cases = " ".join(f"when {condition} then '{name}'" for name, condition in rows.of.items())
    return f"""select figure, {_BY}, sum(ore)::bigint as ore, count(*) as lines
      from (select {_BY}, ore, case {cases} end as figure from ({rows.sql}) r) f
      where figure is not null group by figure, {_BY}"""


def asking(statement: str) -> TextClause:
    """*statement* about the days of `days_of`, as PostgreSQL understands them."""
    arrays = {"edges_before": Date, "edges": Date, "bands": Text}
    named = [name for name in arrays if f":{name} " in statement]
    return text(statement).bindparams(
        *(bindparam(name, type_=ARRAY(arrays[name])) for name in named)
    )


_ALL = asking(BEFORE_ALL.format("materialized") + " union all ".join(map(_sums, ALL_COUNCIL_ROWS)))
# Enough for the claims of a town of average size; what more there is, is laid on the disk.
_ROOM = text("set local work_mem = '24MB'")


def days_of(since: date, until: date) -> dict[str, Any]:
    """What every question about a period is asked with."""
    return {
        "since": since,
        "until": until,
        "year_before": add_months(until, -12) + _DAY,
        "edges_before": list(age_edges(since - _DAY)),
        "edges": list(age_edges(until)),
        "bands": [band.value for band in BANDS_FROM_OLDEST],
    }


async def council_figures(connection: AsyncConnection, since: date, until: date) -> CouncilFigures:
    """Must be read within `read_one_moment`. Some seconds for a million claims."""
    await connection.execute(_ROOM)
    cells: dict[Key, Amount] = {}
    for row in await connection.execute(_ALL, days_of(since, until)):
        for key in _keys(row):
            cells[key] = cells.get(key, NOTHING) + Amount(row.ore, row.lines)
    return CouncilFigures(since, until, cells)


def _keys(row: Any) -> Iterator[Key]:
    figure = CouncilFigure(row.figure)
    yield figure, Dimension.TOTAL, ""
    for by in dimensions_of(figure):
        yield figure, by, getattr(row, _COLUMNS[by])


def column_of(by: Dimension) -> str | None:
    """Which column of the rows it is told by; None for the whole."""
    return _COLUMNS.get(by)
