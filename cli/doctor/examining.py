"""``rettidig doctor``: all that is looked at, as a list, and what to do about what is not well."""

import sys

from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from cli.doctor.findings import Finding, Health, ill_unless
from cli.doctor.servers import look_at_temporal
from cli.doctor.tables import look_at_database, look_at_settings, newest_step
from cli.doors import Door
from cli.ending import FAILED
from cli.words import Words
from settings import settings

_WIDTH = 100
_MARKS = {Health.WELL: ("✓", "green"), Health.DOUBTFUL: ("!", "yellow"), Health.ILL: ("✗", "red")}


async def examine(say: Words) -> int:
    """1 when something is ill. What cannot be asked for want of something else is left out."""
    found = list(look_at_settings(settings()))
    try:
        async with Door.open() as door:
            found += await look_at_database(door)
            found += await look_at_temporal(door)
    except ProgrammingError:
        found.append(ill_unless("tables", is_well=False, at="-", newest=newest_step()))
    except (OSError, DBAPIError):
        found.append(ill_unless("database", is_well=False))
    _print(found, say)
    return FAILED if any(one.health is Health.ILL for one in found) else 0


def _print(found: list[Finding], say: Words) -> None:
    out = Console(highlight=False, markup=False, width=_WIDTH, no_color=not sys.stdout.isatty())
    for one in found:
        mark, colour = _MARKS[one.health]
        out.print(Text(f"{mark} ", style=colour) + Text(say(f"doctor-{one.code}", **one.values)))
        if one.health is not Health.WELL:
            out.print(Text(f"  {say(f'doctor-{one.code}-advice', **one.values)}", style="dim"))
    ill = sum(one.health is Health.ILL for one in found)
    doubtful = sum(one.health is Health.DOUBTFUL for one in found)
    out.print(say("doctor-count", looked=len(found), doubtful=doubtful, ill=ill))
