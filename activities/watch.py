"""Looks every day for what nobody else would notice."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import today, working_days_after
from domain.policy import Policy
from persistence.claims import watching
from persistence.database import Database
from persistence.endings.suspension_limitation import note_what_suspends
from persistence.enquiries.consultations import open_overdue_tasks
from persistence.limitation.watch import sweep_limitation
from persistence.recovery.preflights import sweep
from persistence.tasks.drafts import forget_drafts
from persistence.tasks.taking_back import forget_steps
from persistence.tasks.weighing import weigh
from persistence.trail.anchoring import anchor_audit

_TIME_TO_HEAR = timedelta(minutes=30)
_DAYS_LATE = timedelta(days=2)
_MOST_WEIGHINGS = 100
_BATCHES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Watched:
    limitation_tasks: int
    told_again: int
    unoffered: int = 0


class WatchActivities:
    def __init__(self, database: Database, policy: Policy) -> None:
        self._database, self._policy = database, policy

    @activity.defn(name="watch.look")
    @told_to_temporal
    async def look(self, now: datetime) -> Watched:
        """Raise claims near their limitation and questions departments leave unanswered.

        And tell stories again what they did not hear, and hold fast what the trail ended with.
        """
        on = today(now)
        due = working_days_after(on, self._policy.exception_days)
        async with self._database.transaction() as connection:
            swept = await sweep_limitation(connection, self._policy, on, due)
        async with self._database.transaction() as connection:
            await open_overdue_tasks(connection, on, due)
        async with self._database.transaction() as connection:
            told = await watching.tell_again(
                connection, self._tolerances(on), now - _TIME_TO_HEAR, on - _DAYS_LATE
            )
            await forget_steps(connection)
            await forget_drafts(connection)
        async with self._database.transaction() as connection:
            await note_what_suspends(connection, self._policy, on)
        async with self._database.transaction() as connection:
            await anchor_audit(connection)
        await self._weigh(on)
        return Watched(swept.near, len(told), swept.unoffered)

    async def _weigh(self, on: date) -> None:
        """The inbox begins the day in its order; what others are weighing they finish."""
        for _ in range(_MOST_WEIGHINGS):
            async with self._database.transaction() as connection:
                if await weigh(connection, on):
                    return

    @activity.defn(name="watch.look-ahead")
    @told_to_temporal
    async def look_ahead(self, now: datetime, after: str) -> str | None:
        """Find what the recovery authority would reject long before it is sent.

        From the claims after *after* on, some thousands a transaction; how far it came, None when
        it has seen them all.
        """
        for _ in range(_BATCHES_AT_ONCE):
            async with self._database.transaction() as connection:
                reached = await sweep(connection, self._policy, today(now), after)
            if reached is None:
                return None
            after = reached
        return after

    def _tolerances(self, on: date) -> dict[str, int]:
        """By claim type, the øre that settle a claim though they are not paid."""
        limits = {
            code: kind.small_amounts.on(on) for code, kind in self._policy.claim_types.items()
        }
        return {code: limit.tolerance.ore if limit else 0 for code, limit in limits.items()}
