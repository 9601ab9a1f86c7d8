"""The forecast of the house: a handful of lives at a time, and the letters of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock, start_of
from domain.policy import Policy
from domain.steering.foresight import Foreseen, ForeseenKind
from persistence.claims.sleeping import debtors_of
from persistence.claims.standing_holds import standing_holds
from workers.foreseen import held_back, nudge_rows, rows_of, tray_rows, window_of
from workers.foresight import Asked, Group, play, read_groups


@dataclass(frozen=True, slots=True)
class Foresight:
    """What `ForecastActivities` asks of the stories, which activities do not know."""

    policy: Policy
    clock: TownClock

    async def of_the_house(
        self, connection: AsyncConnection, now: datetime, last: date
    ) -> list[Foreseen]:
        """What comes by no story's act: letters that were asked for before, and friendly ones."""
        window = window_of(self.policy, now, last)
        rows = await tray_rows(connection, self.policy, window)
        return rows + await nudge_rows(connection, self.policy, window)

    async def of_some(
        self, connection: AsyncConnection, now: datetime, last: date, after: str
    ) -> tuple[list[Foreseen], int, str | None]:
        """What comes of the next lives after the place *after*, how many they are, and the place.

        The place is None when those were the last.
        """
        asked = Asked(self.policy, self.clock, now, _end_of(last))
        groups, place = await read_groups(connection, asked, after)
        rows = await self._rows(connection, asked, groups, last)
        return rows, sum(len(group.lives) for group in groups), place

    async def letters(
        self, connection: AsyncConnection, now: datetime, day: date
    ) -> list[Foreseen]:
        """The letters that will leave on the day *day*, those too that leave with others."""
        leaving = _leaving(await self.of_the_house(connection, now, day), day)
        place: str | None = ""
        while place is not None:
            some, _, place = await self.of_some(connection, now, day, place)
            leaving += _leaving(some, day)
        return leaving

    async def _rows(
        self, connection: AsyncConnection, asked: Asked, groups: Sequence[Group], last: date
    ) -> list[Foreseen]:
        window = window_of(self.policy, asked.now, last)
        claims = [claim.id for group in groups for claim in group.claims]
        held = {claim for group in groups if group.is_held for claim in group.claim_ids}
        owing = await debtors_of(connection, claims)
        holds = await standing_holds(connection, held, window.today)
        rows: list[Foreseen] = []
        for group in groups:
            free = group.freed() if group.is_held else None
            coming = list(rows_of(play(asked, group), window, owing))
            rows += coming
            if free:
                rows += held_back(play(asked, free), coming, window, holds, owing)
        return rows


def _leaving(rows: Sequence[Foreseen], day: date) -> list[Foreseen]:
    return [r for r in rows if r.kind is ForeseenKind.LETTER and r.day == day and not r.why]


def _end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1)) - timedelta(minutes=1)
