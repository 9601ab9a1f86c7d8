"""A machine stands still for some seconds, as one does that is moved or backed up: work goes on.

Temporal's SDK takes a story that did not yield for two seconds for one that hangs, and so it does
with one that was in the middle of a step when its machine stood still.
"""

import asyncio
from contextlib import suppress

import psutil
import pytest

from tests.chaos.house import PARTS
from tests.chaos.recovery import recovery_told
from tests.chaos.town import IS_LONG

SECONDS_OF_STANDSTILL = 3
"""More than the two of the SDK."""
TIMES = 10 if IS_LONG else 2
"""How often the worker is met, who is in the middle of a step now and then."""


@pytest.mark.timeout(1800 if IS_LONG else 300)
async def test_whoever_stands_still_for_some_seconds_goes_on(town):
    async with town.at_work():
        for part in (*PARTS, *["worker"] * TIMES):
            await town.see_work_done()
            frozen = processes(town.house.parts[part].pid)
            await freeze(frozen)
            with recovery_told("stood still", of=part):
                await town.siege.see_work_done(1)
    await town.check()


def processes(pid):
    """Of a part: PostgreSQL has one for each connection."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


async def freeze(frozen):
    try:
        tell(frozen, psutil.Process.suspend)
        await asyncio.sleep(SECONDS_OF_STANDSTILL)
    finally:
        tell(frozen, psutil.Process.resume)


def tell(processes, what):
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a connection that was just closed
            what(process)
