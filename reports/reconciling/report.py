"""Whether every øre is where the books say: what was owed, what moved it, and what is owed now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reports.reconciling.checks import Difference, bank_differences, differences_of_books
from reports.reconciling.figures import ALL_ROWS, Figure, Rows

Cells = Mapping[tuple[Figure, str], int]


@dataclass(frozen=True, slots=True)
class Bridge:
    """How one sum became another, in øre: by figure and part (a type of claim, a channel …)."""

    name: str
    figures: tuple[Figure, ...]
    cells: Cells = field(repr=False)

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(sorted({part for figure, part in self.cells if figure in self.figures}))

    @property
    def ends(self) -> tuple[Figure, ...]:
        """The figures between which the others lie; a trail has only where it begins."""
        has_end = self.name in {"arrears", "recovery", "money", "bank"}
        return (self.figures[0], self.figures[-1]) if has_end else self.figures[:1]

    def parts_of(self, figure: Figure) -> tuple[str, ...]:
        return tuple(sorted(part for other, part in self.cells if other is figure and part))

    def ore(self, figure: Figure, part: str | None = None) -> int:
        """Of one part, or of all."""
        if part is not None:
            return self.cells.get((figure, part), 0)
        return sum(ore for (other, _), ore in self.cells.items() if other is figure)

    def expected(self, part: str | None = None) -> int:
        """What the last figure must be when those before it are right."""
        return sum(self.ore(figure, part) for figure in self.figures[:-1])


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Both days are within the period. *differences* name each place that does not fit."""

    since: date
    until: date
    cells: Cells = field(repr=False)
    differences: tuple[Difference, ...]

    @property
    def balances(self) -> bool:
        return not self.differences

    @property
    def is_empty(self) -> bool:
        """Whether nothing was owed, moved, or told by a bank."""
        return not self.cells

    @property
    def arrears(self) -> Bridge:
        return Bridge("arrears", _ARREARS, self.cells)

    @property
    def recovery(self) -> Bridge:
        return Bridge("recovery", _RECOVERY, self.cells)

    @property
    def money(self) -> Bridge:
        """Money without a place: its parts are channels, kinds of entries, kinds of payouts."""
        return Bridge("money", _MONEY, self.cells)

    @property
    def trail(self) -> Bridge:
        """The money that came in the period, by channel, and where it is today."""
        return Bridge("trail", _TRAIL, self.cells)

    @property
    def bank(self) -> Bridge:
        return Bridge("bank", _BANK, self.cells)

    @property
    def outcomes(self) -> Bridge:
        """What became of the bank's lines; without sign, whichever way the money went."""
        return Bridge("outcomes", (Figure.BANK_LINES,), self.cells)


def _from(first: Figure, last: Figure) -> tuple[Figure, ...]:
    order = list(Figure)
    return tuple(order[order.index(first) : order.index(last) + 1])


_ARREARS = _from(Figure.OPENING, Figure.CLOSING)
_RECOVERY = _from(Figure.THERE_OPENING, Figure.THERE_CLOSING)
_MONEY = _from(Figure.MONEY_OPENING, Figure.MONEY_CLOSING)
_TRAIL = _from(Figure.TRAIL_IN, Figure.TRAIL_OUT)
_BANK = _from(Figure.BANK_OPENING, Figure.BANK_CLOSING)


def _sums(rows: Rows) -> TextClause:
    cases = " ".join(f"when {condition} then '{name}'" for name, condition in rows.of.items())
    return text(f"""
      select figure, part, sum(ore)::bigint as ore
      from (select ore, part, case {cases} end as figure from ({rows.sql}) r) f
      where figure is not null group by figure, part""")


_SUMS = tuple(_sums(rows) for rows in ALL_ROWS)
_ONE_MOMENT = text("set transaction isolation level repeatable read, read only")
_PLANNED = text("set local plan_cache_mode = force_custom_plan")


async def read_one_moment(connection: AsyncConnection) -> None:
    """Let all that is read after this be of one moment, whatever is booked meanwhile.

    Must come first in its transaction. Dates decide how much is read, so plans are made for them.
    """
    await connection.execute(_ONE_MOMENT)
    await connection.execute(_PLANNED)


async def reconcile(connection: AsyncConnection, since: date, until: date) -> Reconciliation:
    """Read it all within `read_one_moment`, or what is booked meanwhile looks like differences."""
    days = {"since": since, "until": until}
    cells: dict[tuple[Figure, str], int] = {}
    for statement in _SUMS:
        for row in await connection.execute(statement, days):
            cells[Figure(row.figure), row.part] = row.ore
    found = Reconciliation(since, until, cells, ())
    differences = (
        *_unbridged(found),
        *await differences_of_books(connection, until, found.cells),
        *await bank_differences(connection, since, until),
    )
    return Reconciliation(since, until, cells, differences)


def _unbridged(found: Reconciliation) -> list[Difference]:
    """A bridge's last figure is summed from its own rows, and must be where the others lead."""
    return [
        Difference(bridge.name, part, bridge.expected(part), bridge.ore(bridge.figures[-1], part))
        for bridge in (found.arrears, found.recovery)
        for part in bridge.parts
        if bridge.expected(part) != bridge.ore(bridge.figures[-1], part)
    ]
