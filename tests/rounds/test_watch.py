"""The watch raises what nears its limitation, and repeats words that were lost."""

from datetime import timedelta

from sqlalchemy import text


async def test_a_claim_near_its_limitation_becomes_one_task_a_step(house, monday):
    await house.open(due=monday.date() - timedelta(days=365 * 3 - 150))
    first = await house.watch.look(monday)
    assert first.limitation_tasks >= 1
    assert (await house.watch.look(monday)).limitation_tasks == 0
    assert await house.value("select min(kind) from tasks") == "limitation-near"


async def test_a_settled_claim_whose_story_did_not_hear_is_told_again(house, monday):
    claim = await house.open(kroner=100)
    await house.pay(claim, 100)
    async with house.database.transaction() as connection:
        await connection.execute(text("update outbox set delivered_at = now()"))
    assert (await house.watch.look(monday + timedelta(hours=1))).told_again == 1
    assert await house.told() == ["settled", "settled"]
    assert (await house.watch.look(monday + timedelta(hours=1))).told_again == 0


async def test_a_story_that_should_have_moved_on_is_nudged(house, monday):
    await house.open()
    async with house.database.transaction() as connection:
        await connection.execute(text("update outbox set delivered_at = now()"))
    assert (await house.watch.look(monday + timedelta(days=90))).told_again == 1
    assert (await house.told())[-1] == "nudged"
