"""The forecast of the house: a handful of lives at a time, and the letters of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock, start_of, today
from domain.foresight.foreseen import Foreseen, ForeseenKind
from domain.policy import Policy
from persistence.claims.standing_holds import standing_holds
from persistence.post.arriving import tray_of_day
from workers.foresight.circles import Asked, Group, play, read_groups
from workers.foresight.foreseen import held_back, rows_of
from workers.foresight.foreseen_tray import nudge_rows, tray_rows, window_of


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
        ids = await tray_of_day(connection, last)
        rows = await tray_rows(connection, self.policy, window, ids)
        return rows + await nudge_rows(connection, self.policy, window)

    async def of_some(
        self, connection: AsyncConnection, now: datetime, last: date, after: int
    ) -> tuple[list[Foreseen], int, int | None]:
        """What comes of the claims of the next debtors after the debtor *after*.

        Also how many lives that was, and the last of the debtors: None when no more come.
        """
        asked = Asked(self.policy, self.clock, now, _end_of(last))
        groups, reached = await read_groups(connection, asked, after)
        rows = await _rows(connection, asked, groups)
        return rows, sum(len(group.lives) for group in groups), reached

    async def letters(
        self, connection: AsyncConnection, now: datetime, day: date
    ) -> list[Foreseen]:
        """The letters that will leave on the day *day*, those too that leave with others."""
        leaving = _leaving(await self.of_the_house(connection, now, day), day)
        reached: int | None = 0
        while reached is not None:
            some, _, reached = await self.of_some(connection, now, day, reached)
            leaving += _leaving(some, day)
        return leaving


async def _rows(
    connection: AsyncConnection, asked: Asked, groups: Sequence[Group]
) -> list[Foreseen]:
    held = {claim for group in groups if group.is_held for claim in group.claim_ids}
    holds = await standing_holds(connection, held, today(asked.now))
    rows: list[Foreseen] = []
    for group in groups:
        free = group.freed() if group.is_held else None
        coming = list(rows_of(play(asked, group), asked.window))
        rows += coming
        if free:
            rows += held_back(play(asked, free), coming, asked.window, holds)
    return rows


def _leaving(rows: Sequence[Foreseen], day: date) -> list[Foreseen]:
    return [r for r in rows if r.kind is ForeseenKind.LETTER and r.day == day and not r.why]


def _end_of(day: date) -> datetime:
    return start_of(day + timedelta(days=1)) - timedelta(minutes=1)
