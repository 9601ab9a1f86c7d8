"""The number of a click, where stories have slept through the release that brought numbers."""

import pytest
from sqlalchemy import text
from structlog.contextvars import bound_contextvars
from temporalio.client import Client

from domain.decisions import Outcome
from policies.loading import load_policy
from sealing.keys import KeyRing, new_key
from tests.server.fast_town import FastTown
from tests.server.test_pages import relaying
from workers.following import Following
from workers.stories import story_worker
from workflows.wire import data_converter

NUMBER = "b7d1c3a94e5f4c0fa1d2e3f4a5b6c7d8"
NUMBERS = """
select key, facts -> 'trace' ->> 'correlation_id' as number from acts where subject = :s
"""


@pytest.mark.parametrize("ring", [None, KeyRing.read(new_key("k"))], ids=["clear", "sealed"])
async def test_a_story_that_slept_without_numbers_takes_up_that_of_the_click_that_wakes_it(
    low_limits, fast_database, ring
):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    before = await connected(low_limits, ring)
    async with story_worker(before, database, policy), relaying(database, before, policy):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
    asleep = await numbers(database, claim)
    after = await connected(low_limits, ring, Following())
    async with story_worker(after, database, policy), relaying(database, after, policy):
        with bound_contextvars(correlation_id=NUMBER):
            await town.decide(claim, "dialogue-0", Outcome.GO_ON)
        await town.until(claim, "assessment-0")
    awake = await numbers(database, claim)
    assert set(asleep.values()) == {None}
    assert {key: awake[key] for key in asleep} == asleep
    assert awake["assessment-0"] == NUMBER


async def test_a_message_without_a_number_is_heard_by_stories_that_carry_one(
    low_limits, fast_database
):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    client = await connected(low_limits, None, Following())
    async with story_worker(client, database, policy), relaying(database, client, policy):
        with bound_contextvars(correlation_id=NUMBER):
            claim = await town.open()
        await town.until(claim, "dialogue-0")
        await town.write_off(claim, 0)
    assert (await numbers(database, claim))["close"] == NUMBER  # of the last click it heard of


def connected(server, ring, *interceptors):
    converter = data_converter(ring)
    return Client.connect(server.address, data_converter=converter, interceptors=interceptors)


async def numbers(database, claim):
    """By act, whose number it bears."""
    async with database.transaction() as connection:
        return {
            row.key: row.number for row in await connection.execute(text(NUMBERS), {"s": claim})
        }
