"""Stories go from one build to the next by the commands an operator gives, and stay where told."""

import asyncio
from contextlib import ExitStack
from datetime import date

import pytest
from sqlalchemy import text
from temporalio.client import Client

from domain.authority import HOUSE
from persistence.claims.registration import register
from persistence.claims.withdrawing import withdraw
from persistence.database import Database
from policies.loading import load_policy
from tests.builders import a_claim
from tests.cli.test_commands import given, process
from tests.stories.town import BENT, move_in
from workflows.wire import DATA_CONVERTER

DUE = date(2026, 3, 2)
LOOKS = 600  # a fifth of a second apart: the machine may have other things to do


async def said(house, *words):
    """Its exit code, and what it printed or complained of."""
    answer = await given(house, *words, "--english")
    return answer.returncode, answer.stdout + answer.stderr


async def until_said(house, wished, *words):
    for _ in range(LOOKS // 10):
        code, told = await said(house, *words)
        if code == 0 and wished in told:
            return told
    raise AssertionError(f"never came: {wished}; last: {told}")


@pytest.fixture
async def town(house):
    """The tables of *house*, with people in them."""
    database = Database(house["RETTIDIG_DATABASE_URL"], 3)
    await move_in(database)
    yield database
    await database.close()


async def sleeping_claim(town):
    async with town.transaction() as connection:
        claim = await register(connection, load_policy("skanderborg"), a_claim(), DUE, HOUSE.id)
    found = text("select 1 from acts where subject = :claim")
    for _ in range(LOOKS):
        async with town.transaction() as connection:
            if await connection.scalar(found, {"claim": claim.claim_id}):
                return claim.claim_id
        await asyncio.sleep(0.2)
    raise AssertionError("its story never began")


async def until_it_acts(house, claim):
    """It is in the middle of an act, and has not come through at the first try."""
    client = await Client.connect(house["TEMPORAL_ADDRESS"], data_converter=DATA_CONVERTER)
    handle = client.get_workflow_handle(f"claim-{claim}")
    for _ in range(LOOKS):
        if (await handle.describe()).raw_description.pending_activities:
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it never acted")


async def test_builds_that_nobody_named_are_told_as_such(house):
    code, told = await said(house, "builds")
    assert (code, "No worker has said which version it is" in told) == (0, True)
    code, told = await said(house, "drain", "one")
    assert (code, "one" in told) == (1, True)


async def test_stories_go_from_build_to_build_and_back(house, town, tmp_path):
    with ExitStack() as workers:
        workers.enter_context(worker(house, tmp_path, "one"))
        await until_said(house, "New pages are written by one", "turn-pages")
        claim = await sleeping_claim(town)
        await until_said(house, "one: 1 stories stay with it. It is current", "builds")
        code, told = await said(house, "drain", "one")
        assert (code, "one is current" in told) == (1, True)
        workers.enter_context(worker(house, tmp_path, "two", "--no-relay"))
        await until_said(house, "two: 0 stories", "builds")
        await until_said(house, "New pages are written by two", "turn-pages")
        code, told = await said(house, "drain", "one", "--minutes", "2")
        assert (code, "its workers may be stopped" in told) == (0, True), told
        told = await until_said(house, "two: 1 stories stay with it. It is current", "builds")
        assert "one: 0 stories stay with it.\n" in told
        await a_patient_act_holds_its_build(house, town, claim)


async def a_patient_act_holds_its_build(house, town, claim):
    """Its table is not to be had: so long its story cannot turn a page."""
    async with town.transaction() as holding:
        await holding.execute(text("lock table acts in share mode"))
        async with town.transaction() as connection:
            await withdraw(connection, claim, "Fejl", DUE, BENT)
        await until_it_acts(house, claim)
        await until_said(house, "New pages are written by one", "turn-pages", "--to", "one")
        code, told = await said(house, "drain", "two", "--minutes", "0")
        assert code == 1, told
        assert "1 stories still stay with two" in told
        assert f"claim-{claim} is in the middle of claim.close" in told
    code, told = await said(house, "drain", "two", "--minutes", "2")
    assert code == 0, told


def worker(house, tmp_path, build, *options):
    folder = tmp_path / build
    folder.mkdir()
    return process(house, folder, "worker", "--build-id", build, *options)
