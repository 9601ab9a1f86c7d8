"""Each wire is cut, goes silent, becomes slow and tears: work goes on where it stood."""

import asyncio
from itertools import product

import pytest

from tests.chaos.house import WIRES
from tests.chaos.recovery import recovery_told
from tests.chaos.town import IS_LONG
from tests.chaos.wire import Weather

FOUL = (Weather.SILENT, Weather.CUT, Weather.SLOW, Weather.TORN)
ALL = list(product(WIRES, FOUL))
# Each wire once; the API's and the worker's to the database go silent, which is worst for locks.
FEW = [
    (("api", "postgres"), Weather.SILENT),
    (("relay", "postgres"), Weather.CUT),
    (("worker", "postgres"), Weather.SILENT),
    (("relay", "temporal"), Weather.TORN),
    (("worker", "temporal"), Weather.CUT),
    (("api", "postgres"), Weather.SLOW),
]
SECONDS_OF_FOUL_WEATHER = 3


@pytest.mark.timeout(1800 if IS_LONG else 300)
async def test_every_wire_is_cut_silent_slow_or_torn_and_work_goes_on(town):
    async with town.at_work():
        for (part, server), weather in ALL if IS_LONG else FEW:
            await town.see_work_done()
            wire = town.house.wires[part, server]
            wire.become(weather)
            await asyncio.sleep(SECONDS_OF_FOUL_WEATHER)
            wire.become(Weather.FINE)
            with recovery_told(f"network {weather}", between=f"{part}-{server}"):
                await town.siege.see_work_done(1)
    await town.check()
