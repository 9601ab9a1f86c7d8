"""Where a claim has stood is written down move by move, on the day of each."""

from datetime import timedelta

from domain.decisions import Outcome


async def moves(town, claim):
    return await town.rows(
        "select stage_from, stage_to, moved_on from stage_moves where claim_id = :id order by id",
        id=claim,
    )


async def test_the_moves_of_a_life_are_a_chain_that_ends_where_the_claim_stands(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    agreed_on = town.today
    await town.sleep(10)
    await town.pay(claim)
    assert await town.ending(claim) == "paid"
    found = await moves(town, claim)
    ways = [(origin, goal) for origin, goal, _ in found]
    assert ways == [
        (None, "demand"),
        ("demand", "reminder"),
        ("reminder", "dialogue"),
        ("dialogue", "agreement"),
        ("agreement", "ended"),
    ]
    days = [day for *_, day in found]
    assert days == sorted(days)
    assert days[3:] == [agreed_on, town.today]
    stands = await town.rows("select stage, stage_since from claims where id = :id", id=claim)
    assert [tuple(row) for row in stands] == [("ended", town.today)]


async def test_a_reminder_after_a_reminder_is_no_move(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    reminded = await town.value(
        "select done_on from acts where subject = :id and key = 'first-reminder'", id=claim
    )
    assert [day for _, goal, day in await moves(town, claim) if goal == "reminder"] == [reminded]


async def test_a_claim_that_is_assessed_and_talked_about_again_has_been_there_twice(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(
        claim, "assessment-0", Outcome.KEEP, look_again_on=town.today + timedelta(days=3)
    )
    await town.until(claim, "dialogue-1")
    assert [goal for _, goal, _ in await moves(town, claim)] == [
        "demand", "reminder", "dialogue", "assessment", "dialogue",
    ]  # fmt: skip
