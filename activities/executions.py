"""Looks nightly whether every living story runs, and asks for a closer look where one may not."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import activity

from activities.failures import told_to_temporal
from domain.authority import HOUSE
from domain.calendar import today, working_days_before
from persistence.database import Database
from persistence.executions.looks import ask_looks, forget_looks, living_after, suspects

Running = Callable[[str, str], Awaitable[set[str]]]
"""The ids of running executions, from one id to another, both with them."""

_HANDFUL = 1000
_DAYS_LATE = 2
_KEPT = timedelta(days=7)


class ExecutionActivities:
    """The list of what runs may lag behind: what seems to be missing is looked at by itself."""

    def __init__(self, database: Database, running: Running | None) -> None:
        self._database, self._running = database, running

    @activity.defn(name="executions.look-over")
    @told_to_temporal
    async def look_over(self, now: datetime, after: str) -> str | None:
        """Of a thousand living stories after *after*; how far it came, None when all are seen."""
        async with self._database.transaction() as connection:
            living = await living_after(connection, after, _HANDFUL)
        if not living or self._running is None:
            return None
        running = await self._running(living[0], living[-1])
        missing = [story for story in living if story not in running]
        async with self._database.transaction() as connection:
            await ask_looks(connection, missing, HOUSE.id, now)
        return living[-1] if len(living) == _HANDFUL else None

    @activity.defn(name="executions.look-again")
    @told_to_temporal
    async def look_again(self, now: datetime) -> int:
        """At those that had a trouble, or should have done something by now; how many."""
        overdue = working_days_before(today(now), _DAYS_LATE)
        async with self._database.transaction() as connection:
            await forget_looks(connection, now - _KEPT)
            stories = await suspects(connection, overdue, _HANDFUL)
            await ask_looks(connection, stories, HOUSE.id, now)
        return len(stories)
