"""Whatever is killed, in whatever order: nothing is lost and nothing is done twice."""

import pytest

from tests.chaos.town import IS_LONG, open_town

ROUNDS = 15 if IS_LONG else 10


@pytest.mark.timeout(1800 if IS_LONG else 600)
async def test_rounds_of_kill_9_lose_and_repeat_nothing():
    async with open_town() as town:
        async with town.at_work():
            await town.siege.rage(ROUNDS)
        await town.check()
