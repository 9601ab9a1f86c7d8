"""The time machine: what is lived again under the policy in force is what happened, to the last row."""

import pytest
from datetime import timedelta

from domain.steering.trial_figures import as_it_was, differences, Lived
from persistence.steering.past_groups import groups_of, next_debtors
from persistence.steering.pasts import read_pasts
from tests.stories.test_random_lives import A_GROUP, LIVES, _live_as_foretold, policy  # noqa: F401
from workflows.replay import Replay

@pytest.mark.parametrize("group", range(20))
async def test_random_lives_lived_again_are_as_they_were(town, group):
    for seed in range(group * A_GROUP, (group + 1) * A_GROUP):
        await _live_as_foretold(town, seed)
    assert await replayed(town) == []


async def replayed(town):
    async with town.database.transaction() as connection:
        debtors = await next_debtors(connection, 0, 10**9, 1000)
        groups = await groups_of(connection, debtors, town.today)
        pasts = await read_pasts(connection, town.policy, groups, town.today)
    found = []
    n = 0
    for past in pasts:
        replay = Replay(town.policy, past, town.policy)
        replay.live(town.today)
        n += len(replay.deeds)
        found += differences(past, as_it_was(past), Lived(replay.deeds, replay.fees, replay.made))
    print("deeds", n)
    return found
