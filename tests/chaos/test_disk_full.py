"""The disk of the database or of the post's book is full: work goes on when there is room."""

import asyncio

import pytest

from tests.chaos.recovery import recovery_told
from tests.chaos.town import open_town

SECONDS_WITHOUT_ROOM = 4


@pytest.mark.timeout(300)
async def test_full_disks_stop_work_and_lose_nothing():
    async with open_town(has_disks=True) as town:
        if not town.house.disks:
            pytest.skip("only root can make a small disk to fill")
        async with town.at_work():
            for name, disk in town.house.disks.items():
                await town.see_work_done()
                await asyncio.to_thread(disk.fill)
                assert disk.is_full
                await asyncio.sleep(SECONDS_WITHOUT_ROOM)
                disk.free()
                with recovery_told("disk full", of=name):
                    await town.siege.see_work_done(1)
        await town.check()
