"""Looks every day for what nobody else would notice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import add_months, today, working_days_after
from domain.policy import Policy
from persistence import watching
from persistence.anchoring import anchor_audit
from persistence.database import Database

_TIME_TO_HEAR = timedelta(minutes=30)
_DAYS_LATE = timedelta(days=2)


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
        """Raise claims near their limitation, tell stories again what they did not hear, and hold
        fast what the audit trail ended with."""
        on = today(now)
        steps = {m: add_months(on, m) for m in self._policy.limitation_alarm_months}
        due = working_days_after(on, self._policy.exception_days)
        async with self._database.transaction() as connection:
            tasks = await watching.open_limitation_tasks(connection, steps, on, due)
        async with self._database.transaction() as connection:
            told = await watching.tell_again(
                connection, self._tolerances(on), now - _TIME_TO_HEAR, on - _DAYS_LATE
            )
        async with self._database.transaction() as connection:
            await anchor_audit(connection)
        return Watched(tasks, len(told))

    def _tolerances(self, on: date) -> dict[str, int]:
        """By claim type, the øre that settle a claim though they are not paid."""
        limits = {
            code: kind.small_amounts.on(on) for code, kind in self._policy.claim_types.items()
        }
        return {code: limit.tolerance.ore if limit else 0 for code, limit in limits.items()}
