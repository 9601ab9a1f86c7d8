"""How a report to the council is asked for and laid, the same for the page and for programs."""

from datetime import date

from sqlalchemy import text

from api.house import House
from domain.authority import Actor
from domain.errors import Fault, Invalid
from persistence.steering.council_reports import lay_draft
from reports.council.snapshots import draw_up
from reports.periods import read_period
from reports.reconciling.report import read_one_moment

# One at a time: two would each take twice as long, and most of the machine.
_ALONE = text("select pg_try_advisory_xact_lock(hashtextextended('council-report', 0))")


def read_follow_up(since: str | None, until: str | None, today: date) -> tuple[date, date]:
    """Raises Invalid for what is no day, no period, or not over yet."""
    first, last = read_period(since, until, today)
    return not_ahead(first, last, today)


def not_ahead(since: date, until: date, today: date) -> tuple[date, date]:
    """Raises Invalid for a period that is not over: its figures would still change."""
    if until >= today:
        raise Invalid(Fault("to", "council-too-early", {"until": until.isoformat()}))
    return since, until


async def lay_report(house: House, since: date, until: date, actor: Actor) -> int:
    """Work the figures out and keep them as a draft; some seconds in a large town.

    It is done while the caller waits: it takes less time than a person would look for the answer
    elsewhere, and a draft that is there is what will be frozen. Raises Invalid when busy.
    """
    async with house.database.transaction() as connection:
        await read_one_moment(connection)
        if not (await connection.execute(_ALONE)).scalar_one():
            raise Invalid(Fault("", "council-busy"))
        new = await draw_up(connection, house.policy, since, until, house.clock())
    async with house.database.transaction() as connection:
        return await lay_draft(connection, new, actor)
