"""A town that is lived again under the policy in force is as it was, to the last row and øre."""

import pytest

from gateways.post_sandbox import PostBehaviour
from tests.replaying import differing, lived_again
from tests.rounds.replayed_town import ReplayedTown


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_town_lived_again_is_as_it_was(house, seed):
    town = ReplayedTown(house, seed, debtors=14)
    house.gateways.digital_post.behave(PostBehaviour(share_failing=0.05))
    await town.move_in()
    last = await town.live(days=160, claims=30)
    pasts, replays = await lived_again(house.database, house.policy, house.policy, last)
    assert differing(pasts, replays) == []
    assert sum(len(replay.deeds) for replay in replays) > 100


async def test_what_supervisors_moved_is_moved_again(house):
    """The towns above have such moves among much else; this one is known to."""
    town = ReplayedTown(house, seed=7, debtors=8)
    await town.move_in()
    last = await town.live(days=120, claims=16)
    steps = dict(
        await house.rows(
            "select step, count(*) from stage_proposals where state = 'approved' group by 1"
        )
    )
    assert steps.get("stop-waiting")
    pasts, replays = await lived_again(house.database, house.policy, house.policy, last)
    assert differing(pasts, replays) == []
