"""What is foreseen for the next working day, and the friendly letters nobody has to ask for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import is_working_day, today, working_days_after
from domain.policy import Policy
from persistence.agreements.nudging import request_nudges
from persistence.database import Database
from persistence.post.stops import keep_forecast, read_forecast

Foresee = Callable[[AsyncConnection, datetime, date], Awaitable[int]]
"""How many letters will leave on a day, as all is known at a moment of the town's time."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    day: date
    letters: int | None  # None: it had been foreseen before


class ForecastActivities:
    def __init__(self, database: Database, policy: Policy, foresee: Foresee) -> None:
        self._database, self._policy, self._foresee = database, policy, foresee

    @activity.defn(name="forecast.nudge")
    @told_to_temporal
    async def nudge(self, now: datetime) -> int:
        """Lay in the tray what tells of instalments that fall due soon."""
        on = today(now)
        if not is_working_day(on):
            return 0
        days = self._policy.post_rule(on).nudge_days
        async with self._database.transaction() as connection:
            return await request_nudges(connection, on, days)

    @activity.defn(name="forecast.foresee")
    @told_to_temporal
    async def foresee(self, now: datetime) -> Foreseen:
        """Note how many letters are to leave on the next working day: the brake's measure."""
        day = working_days_after(today(now), 1)
        async with self._database.transaction() as connection:
            if await read_forecast(connection, day):
                return Foreseen(day, None)
            letters = await self._foresee(connection, now, day)
            await keep_forecast(connection, day, letters, now)
        return Foreseen(day, letters)
