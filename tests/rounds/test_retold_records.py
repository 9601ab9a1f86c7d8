"""A story that is begun again from the tables remembers what the living one does, to the day."""

from datetime import timedelta

import pytest

from domain.calendar import REAL_TIME
from gateways.post_sandbox import PostBehaviour
from persistence.claims.records import claim_record
from tests.rounds.replayed_town import ReplayedTown

# A hold is known by its day: whether an answer of that day came before it, the tables cannot tell.
UNSURE = """
select distinct h.claim_id from holds h join decisions d
  on (d.decided_at at time zone 'Europe/Copenhagen')::date = h.since
join tasks t on t.id = d.task_id and t.subject = h.claim_id where d.look_again_on is not null"""


@pytest.mark.parametrize("seed", range(2))
async def test_each_living_claim_has_the_deadlines_that_the_tables_give(house, seed):
    town = ReplayedTown(house, 40 + seed, debtors=10)
    house.gateways.digital_post.behave(PostBehaviour(share_failing=0.05))
    await town.move_in()
    compared, differing = 0, []
    for _ in range(4):
        last = await town.live_on(days=30, claims=24)
        morning = last + timedelta(days=1)
        await town.go_on_until(morning)
        for record in town.stories.living_claims():
            known = await read(house, record.id, morning)
            compared += len(record.acts)
            differing += [
                (record.id, key, day, known.acts.get(key))
                for key, day in record.acts.items()
                if known.acts.get(key) != day and not record.holds
            ]
    await town.stories.leave()
    unsure = {row[0] for row in await house.rows(UNSURE)}
    assert len(unsure) < 5
    assert compared > 100
    assert [one for one in differing if one[0] not in unsure] == []


async def read(house, claim_id, on):
    async with house.database.transaction() as connection:
        return await claim_record(connection, house.policy, claim_id, REAL_TIME, on)
