"""Looks every day for what nobody else would notice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import add_months, today, working_days_after
from domain.policy import Policy
from persistence import watching
from persistence.database import Database

_TIME_TO_HEAR = timedelta(minutes=30)
_DAYS_LATE = 2


@dataclass(frozen=True, slots=True)
class Watched:
    limitation_tasks: int
    told_again: int


class WatchActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="watch.look")
    @told_to_temporal
    async def look(self, now: datetime) -> Watched:
        """Raise claims near their limitation, and tell stories again what they did not hear."""
        on = today(now)
        tasks = 0
        async with self._database.transaction() as connection:
            due = working_days_after(on, self._policy.exception_days)
            for months in sorted(self._policy.limitation_alarm_months):
                until = add_months(on, months)
                tasks += await watching.open_limitation_tasks(connection, until, months, on, due)
            unheard = await watching.unheard_messages(
                connection, now - _TIME_TO_HEAR, on - timedelta(days=_DAYS_LATE)
            )
            told = await watching.tell_again(connection, unheard)
        return Watched(tasks, told)
