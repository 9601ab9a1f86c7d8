"""What is foreseen for the coming days, and the friendly letters nobody has to ask for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from activities.failures import told_to_temporal
from domain.calendar import is_working_day, today, working_days_after
from domain.foresight.foreseen import Foreseen
from domain.policy import Policy
from persistence.agreements.nudging import request_nudges
from persistence.database import Database
from persistence.foresight.forecasts import (
    begin_forecast,
    forecast_in_making,
    keep_days_of_claims,
    keep_foreseen,
    note_progress,
    put_in_force,
)
from persistence.foresight.foreseen_post import price_day
from persistence.foresight.foreseen_transfers import check_transfers
from persistence.post.stops import keep_forecast, read_forecast

_HANDFULS_AT_ONCE = 10


class Foresight(Protocol):
    """What the stories would do, which only those know who may tell them."""

    async def of_the_house(
        self, connection: AsyncConnection, now: datetime, last: date
    ) -> list[Foreseen]: ...

    async def of_some(
        self, connection: AsyncConnection, now: datetime, last: date, after: int
    ) -> tuple[list[Foreseen], int, int | None]: ...

    async def letters(
        self, connection: AsyncConnection, now: datetime, day: date
    ) -> list[Foreseen]: ...


@dataclass(frozen=True, slots=True)
class Measured:
    day: date
    letters: int | None  # None: it had been foreseen before


class ForecastActivities:
    def __init__(self, database: Database, policy: Policy, foresight: Foresight) -> None:
        self._database, self._policy, self._foresight = database, policy, foresight

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
    async def foresee(self, now: datetime) -> Measured:
        """Note how many letters are to leave on the next working day: the brake's measure."""
        day = working_days_after(today(now), 1)
        async with self._database.transaction() as connection:
            if await read_forecast(connection, day):
                return Measured(day, None)
            letters = len(await self._foresight.letters(connection, now, day))
            await keep_forecast(connection, day, letters, now)
        return Measured(day, letters)

    @activity.defn(name="forecast.begin")
    @told_to_temporal
    async def begin(self, now: datetime) -> bool:
        """Look ahead anew, from what needs no story; whether nobody else is at it."""
        async with self._database.transaction() as connection:
            if await begin_forecast(connection, now, today(now)) is None:
                return False
            forecast = await forecast_in_making(connection)
            assert forecast, "it has just been begun"
            rows = await self._foresight.of_the_house(connection, now, forecast["last_on"])
            await keep_foreseen(connection, forecast["id"], rows)
            await keep_days_of_claims(connection, forecast)
        return True

    @activity.defn(name="forecast.rehearse")
    @told_to_temporal
    async def rehearse(self, _now: datetime) -> bool:
        """Some more lives, a handful a transaction; whether any are left."""
        for _ in range(_HANDFULS_AT_ONCE):
            async with self._database.transaction() as connection:
                forecast = await forecast_in_making(connection)
                if forecast is None or forecast["reached"] is None:
                    return False
                await self._rehearse(connection, forecast)
        return True

    async def _rehearse(self, connection: AsyncConnection, forecast: RowMapping) -> None:
        """As all was when it was begun, whenever this is: what has changed since is counted."""
        rows, lives, reached = await self._foresight.of_some(
            connection, forecast["made_at"], forecast["last_on"], forecast["reached"]
        )
        await keep_foreseen(connection, forecast["id"], rows)
        seen = forecast["lives"] + lives
        await note_progress(connection, forecast["id"], reached=reached, lives=seen)

    @activity.defn(name="forecast.price")
    @told_to_temporal
    async def price(self, _now: datetime) -> bool:
        """The letters of some more days; whether any are left."""
        for _ in range(_HANDFULS_AT_ONCE):
            async with self._database.transaction() as connection:
                forecast = await forecast_in_making(connection)
                if forecast is None or forecast["priced_on"] == forecast["last_on"]:
                    return False
                day = forecast["first_on"]
                if forecast["priced_on"]:
                    day = forecast["priced_on"] + timedelta(days=1)
                await price_day(connection, self._policy, forecast["id"], day)
                await note_progress(connection, forecast["id"], priced_on=day)
        return True

    @activity.defn(name="forecast.put-in-force")
    @told_to_temporal
    async def put_in_force(self, _now: datetime) -> bool:
        """Whether there was one that was whole."""
        async with self._database.transaction() as connection:
            forecast = await forecast_in_making(connection)
            if forecast is None or forecast["priced_on"] != forecast["last_on"]:
                return False
            await check_transfers(connection, self._policy, forecast["id"])
            await put_in_force(connection)
        return True
