"""Clocks jump, of the processes and of the town: no letter goes out twice, and none too early."""

import asyncio
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from domain.calendar import TownClock
from persistence.claims.sleeping import tell_the_time
from persistence.clock import set_clock
from tests.chaos.recovery import recovery_told
from tests.chaos.town import open_town

JUMPS = (1.5, -1.5)  # seconds: six days of the town
DAYS = 4
SECONDS_OF_FALSE_TIME = 4

# What asked for the next letter before the time given by the one before was out.
_HURRIED = """
select subject, key, done_on, given_until from (
  select subject, key, done_on, lag(deadline) over (partition by subject order by id) given_until
  from acts where kind = 'letter' and (key = 'demand' or key like 'reminder-%')) letters
where done_on <= given_until"""


class FalseClock:
    """What relay and worker are told the time is; how long something takes they measure rightly."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.jump(0)
        library = Path(find_spec("libfaketime").origin).parent
        self.surroundings = (
            f"LD_PRELOAD={library / 'vendor/libfaketime/src/libfaketime.so.1'}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            "FAKETIME_CACHE_DURATION=1",  # seconds; read at each look, it slows all down
            "DONT_FAKE_MONOTONIC=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        )

    def jump(self, seconds):
        """Off by so many *seconds* from now on."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+}")
        draft.replace(self._file)


@pytest.mark.timeout(300)
async def test_clocks_jump_and_no_letter_goes_out_twice_or_too_early(tmp_path):
    false = FalseClock(tmp_path)
    async with open_town(false.surroundings) as town:
        async with town.at_work():
            for seconds in JUMPS:
                await town.see_work_done()
                false.jump(seconds)
                with recovery_told("clock of the processes jumps", by_seconds=seconds):
                    await town.siege.see_work_done(1)
                await asyncio.sleep(SECONDS_OF_FALSE_TIME)
                false.jump(0)
            for days in (DAYS, -DAYS):
                await town.see_work_done()
                await move_the_towns_clock(town, days)
                with recovery_told("clock of the town jumps", by_days=days):
                    await town.siege.see_work_done(1)
        await town.check()
        assert await town.findings.rows(_HURRIED) == []


async def move_the_towns_clock(town, days):
    """As when the demo starts again: the processes read it anew, and sleeping stories are told."""
    old, now = town.findings.clock, datetime.now(UTC)
    clock = TownClock(now, old.town_time(now) + timedelta(days=days), old.speed)
    await town.house.kill("api", "relay", "worker")
    async with town.database.transaction() as connection:
        await set_clock(connection, clock)
        await tell_the_time(connection, clock)
    town.findings.clock = town.people.clock = clock
    await town.house.start("relay", "worker", "api")
