"""What the house does by itself about what it keeps: erases, sweeps traces, draws looks."""

from datetime import datetime, timedelta

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import today
from domain.policy import Policy
from persistence.database import Database
from persistence.keeping.erasing import erase_some
from persistence.keeping.traces import sweep_traces
from persistence.trail.samples import draw_last_month

_AT_ONCE = 25


class KeepingActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="keeping.sweep")
    @told_to_temporal
    async def sweep(self, now: datetime) -> int:
        """Delete traces that are of no use any more, and draw last month's looks, once."""
        on, rules = today(now), self._policy.keeping
        async with self._database.transaction() as connection:
            await draw_last_month(connection, rules.looks.on_or_first(on).monthly, now)
            days = rules.traces.on_or_first(on).days
            return await sweep_traces(connection, timedelta(days=days))

    @activity.defn(name="keeping.erase")
    @told_to_temporal
    async def erase(self, now: datetime) -> int:
        """Erase a handful of what was approved; how many, 0 when there is no more to do."""
        async with self._database.transaction() as connection:
            return await erase_some(connection, _AT_ONCE, today(now))
