"""What leaves an activity when it fails tells operators where to look, and nothing about people."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import failures
from activities.failures import told_to_temporal
from domain.errors import GatewayRejected, GatewayUnavailable, NotFound
from tests.builders import CPR_NUMBERS


def failing_with(error):
    @told_to_temporal
    async def act():
        raise error

    return act


@pytest.mark.parametrize(
    "error", [NotFound("claim", "x"), GatewayRejected("post", "7", "Karla er flyttet")]
)
async def test_what_asking_again_cannot_mend_is_not_tried_again(error):
    with pytest.raises(ApplicationError) as failed:
        await failing_with(error)()
    assert failed.value.non_retryable
    assert failed.value.type == type(error).__name__
    assert "Karla" not in str(failed.value)


async def test_a_counterpart_that_is_away_is_tried_again():
    with pytest.raises(GatewayUnavailable):
        await failing_with(GatewayUnavailable("post"))()


async def test_what_the_database_says_stays_in_the_house(house):
    """Its errors repeat the values that were written."""

    @told_to_temporal
    async def act():
        async with house.database.transaction() as connection:
            values = {"id": CPR_NUMBERS[0]}
            await connection.execute(text("select 1 / (length(:id) - 10)"), values)

    with pytest.raises(ApplicationError) as failed:
        await act()
    assert not failed.value.non_retryable
    assert CPR_NUMBERS[0] not in str(failed.value)
    assert "test_failures.py:" in str(failed.value)
    assert failed.value.__cause__ is None


async def test_a_long_act_tells_that_it_lives(monkeypatch):
    monkeypatch.setattr(failures, "_PULSE_SECONDS", 0)
    beats = asyncio.Event()
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, heartbeat_timeout=timedelta(seconds=10))
    environment.on_heartbeat = lambda *_: beats.set()

    @told_to_temporal
    async def act():
        await beats.wait()
        return "done"

    assert await environment.run(act) == "done"


async def test_an_act_nobody_listens_to_says_nothing():
    """A local activity has no pulse: each beat would cost and only be logged as unknown."""
    beats = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = beats.append

    @told_to_temporal
    async def act():
        await asyncio.sleep(0.01)

    await environment.run(act)
    assert not beats
