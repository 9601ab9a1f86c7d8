"""The reconciliation on a terminal: its tables, what does not fit, and the lines of a figure."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from cli.doors import Door
from cli.ending import FAILED
from cli.words import Words
from reports.periods import read_period
from reports.reconciling.figures import read_figure
from reports.reconciling.lines import BEGINNING, Line, lines
from reports.reconciling.report import Bridge, Reconciliation, read_one_moment, reconcile
from reports.reconciling.words import ReconciliationWords

_WIDTH = 120
_COLUMNS = 4  # of amounts, beside the figure's name
_PAGE = 1000


async def show(since: str | None, until: str | None, say: Words) -> int:
    """1 when it does not balance."""
    async with Door.open() as door:
        period = read_period(since, until, door.today)
        async with door.database.transaction() as connection:
            await read_one_moment(connection)
            found = await reconcile(connection, *period)
        name = ReconciliationWords(door.policy, say.language)
    _print(found, name, say)
    return 0 if found.balances else FAILED


def _print(found: Reconciliation, name: ReconciliationWords, say: Words) -> None:
    out = Console(highlight=False, markup=False, width=_WIDTH)
    out.print(name("period", since=say.day(found.since), until=say.day(found.until)))
    if found.is_empty:
        out.print(name("empty"))
    for bridge in (found.arrears, found.recovery, found.trail, found.bank):
        for table in _wide(bridge, name):
            out.print(table)
    for bridge in (found.money, found.outcomes):
        if bridge.parts:
            out.print(_long(bridge, name))
    if found.balances:
        out.print(name("balances"))
        return
    out.print(name("differences", count=len(found.differences)))
    for difference in found.differences:
        out.print(name.difference(difference), soft_wrap=True)


def _wide(bridge: Bridge, name: ReconciliationWords) -> Iterator[Table]:
    """Figures down, parts across; as many tables as the columns need."""
    columns = [None, *bridge.parts] if bridge.parts else []
    for first in range(0, len(columns), _COLUMNS):
        some = columns[first : first + _COLUMNS]
        heads = [name("total") if p is None else name.part(bridge.figures[0], p) for p in some]
        table = _table(name.bridge(bridge), name("figure"), heads)
        for figure in bridge.figures:
            amounts = (name.amount(bridge.ore(figure, part)) for part in some)
            table.add_row(name.figure(figure), *amounts)
        yield table


def _long(bridge: Bridge, name: ReconciliationWords) -> Table:
    """Parts below their figure, where each figure has parts of its own."""
    table = _table(name.bridge(bridge), name("figure"), [name("amount")])
    for figure in bridge.figures:
        table.add_row(name.figure(figure), name.amount(bridge.ore(figure)))
        for part in bridge.parts_of(figure):
            table.add_row(f"  {name.part(figure, part)}", name.amount(bridge.ore(figure, part)))
    return table


def _table(title: str, first: str, amounts: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(first, min_width=38)
    for head in amounts:
        table.add_column(head, justify="right", min_width=16)
    return table


async def show_lines(
    figure: str, part: str | None, since: str | None, until: str | None, say: Words
) -> int:
    """Every line behind *figure*, and their sum last."""
    async with Door.open() as door:
        of, period = read_figure(figure), read_period(since, until, door.today)
        name = ReconciliationWords(door.policy, say.language)
        out = Console(highlight=False, markup=False, width=_WIDTH)
        out.print(name("lines", figure=name.figure(of)))
        total, after = 0, BEGINNING
        async with door.database.transaction() as connection:
            await read_one_moment(connection)
            while some := await lines(connection, of, part, *period, after, _PAGE):
                out.print(_lines(some, name, say))
                total, after = total + sum(line.ore for line in some), some[-1].place
    is_empty = after == BEGINNING
    out.print(name("no-lines") if is_empty else f"{name('total')}: {name.amount(total)}")
    return 0


def _lines(some: Sequence[Line], name: ReconciliationWords, say: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    for code in ("line-day", "line-source", "line-subject", "line-kind"):
        table.add_column(name(code), no_wrap=True, min_width=14)
    table.add_column(name("amount"), justify="right", min_width=16)
    for line in some:
        shown = (say.day(line.booked_on), name.source(line), line.subject, name.kind(line))
        table.add_row(*shown, name.amount(line.ore))
    return table
