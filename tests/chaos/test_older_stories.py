"""Temporal comes back as it was earlier, or empty: stories go on where the tables stand."""

import asyncio

import pytest

from tests.chaos import backups
from tests.chaos.recovery import recovery_told
from tests.chaos.town import open_town


@pytest.mark.timeout(300)
async def test_temporal_of_an_earlier_moment_and_an_empty_one_are_brought_to_where_the_tables_are():
    async with open_town() as town:
        older = town.house.folder / "older.db"
        async with town.at_work():
            await town.see_work_done()
            await asyncio.to_thread(backups.copy_stories, town.house.temporal, older)
            for backup in (older, None):
                for _ in range(3):
                    await town.see_work_done()
                await put_back(town, backup)
        town.findings.is_restored = True
        await town.check()


async def put_back(town, backup):
    """Whoever was working stands still meanwhile, as docs/operations.md asks."""
    house = town.house
    await house.kill("relay", "worker", "temporal")
    backups.put_back_stories(house.temporal, backup)
    with recovery_told("Temporal of an earlier moment" if backup else "Temporal lost"):
        await house.start("temporal")
        told = await backups.command(house, "rebuild", "--all")
        assert "living stories are told again" in told
        await house.start("relay", "worker")
        await town.siege.see_work_done(1)
