"""Lets the past of a house be lived again, and says what is not as it was."""

from domain.replaying.trial_figures import as_it_was, differences
from domain.replaying.trials import People
from persistence.replaying.groups import groups_of, next_debtors
from persistence.replaying.pasts import read_pasts
from workflows.replaying.replay import Replay

ALL = 10**9


async def lived_again(database, policy, in_force, until, people=People.REACT):
    """The groups of all claims, and each lived again under *policy* to the end of *until*."""
    async with database.transaction() as connection:
        debtors = await next_debtors(connection, 0, ALL, ALL)
        groups = await groups_of(connection, debtors, until)
        pasts = await read_pasts(connection, in_force, groups, until)
    replays = [Replay(policy, past, in_force, people) for past in pasts]
    for replay in replays:
        replay.live(until)
    return pasts, replays


def differing(pasts, replays):
    return [
        difference
        for past, replay in zip(pasts, replays, strict=True)
        for difference in differences(past, as_it_was(past), replay.lived_through)
    ]
