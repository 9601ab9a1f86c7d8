"""Lists the letters of a day: what left, what was held back, what was cancelled, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import Console
from rich.table import Table

from cli.doors import Door
from cli.words import Words
from domain.calendar import today
from domain.errors import Fault, Invalid
from domain.notation import read_day
from reports.post_days import PostLine, post_day

_WIDTH = 120


async def show_day(day: str | None, say: Words) -> int:
    """Raises Invalid for a day that cannot be read."""
    async with Door.open() as door:
        on = _read(day) if day else today(door.now)
        async with door.database.transaction() as connection:
            lines = await post_day(connection, on)
    if not lines:
        print(say("post-day-empty", day=on))
        return 0
    Console(highlight=False, width=_WIDTH).print(_table(lines, say))
    counts = Counter(line.what for line in lines if line.goes_with is None)
    print(say("post-day-count", day=on, **{what: counts[key] for what, key in _COUNTED.items()}))
    return 0


_COUNTED = {"left": "left", "held": "held-back", "cancelled": "cancelled", "recalled": "recalled"}


def _read(day: str) -> date:
    try:
        return read_day(day)
    except Invalid as wrong:
        raise Invalid(*(Fault("--day", one.code, one.values) for one in wrong.faults)) from None


def _table(lines: Sequence[PostLine], say: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    for code in ("column-letter", "column-claim", "column-debtor", "column-outcome"):
        table.add_column(say(code), no_wrap=code != "column-outcome")
    for line in lines:
        name = say.name("letter", line.letter)
        joined = f"  + {name}" if line.goes_with else name
        table.add_row(joined, line.claim_id, line.name, ". ".join(_outcome(line, say)))
    return table


def _outcome(line: PostLine, say: Words) -> Iterator[str]:
    if line.what != "left":
        yield say(f"post-{line.what}", reason=say(f"post-why-{line.reason}"))
        return
    yield say(f"post-left-{line.channel}", deadline=line.deadline)
    if line.goes_with is None:
        yield say(f"post-receipt-{line.receipt}" if line.receipt else "post-no-receipt")
