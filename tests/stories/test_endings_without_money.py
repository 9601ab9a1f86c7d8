"""Lives that end without money, or rest on the way: given up, given up by mistake, suspended."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from activities.watch import WatchActivities
from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.endings.suspension import Need, Told
from domain.endings.write_off import NewWriteOff
from persistence.endings.suspending import (
    NewSuspension,
    end_hold,
    end_suspension,
    suspend_claim,
    suspend_debtor,
)
from persistence.endings.write_off_batches import propose_small
from persistence.endings.write_off_reversals import reverse_write_off
from persistence.tasks.deciding import NewDecision, decide
from tests.stories.town import ANNA, BENT

DAY = timedelta(days=1)


async def give_up(town, claim):
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    why = NewWriteOff("insolvent-estate", town.today, journal="SKS 17")
    await town.decide(claim, "assessment-0", Outcome.WRITE_OFF, write_off=why)
    await town.decide(claim, "write-off-approval-0", Outcome.APPROVED, by=BENT)


async def test_what_was_given_up_stays_ended_when_money_comes(town):
    claim = await town.open()
    await give_up(town, claim)
    given_up = await town.value("select booked_ore from write_offs")
    await town.pay_ore(claim, 10_000)
    assert await town.ending(claim) == "written-off"
    assert await town.value("select balance_ore from claims") == 0
    entries = await town.rows("select kind, amount_ore from ledger_entries order by seq")
    assert [tuple(row) for row in entries][-3:] == [
        ("write-off", -given_up), ("correction", 10_000), ("payment", -10_000),
    ]  # fmt: skip


async def test_a_claim_given_up_by_mistake_lives_on_with_a_new_talk(town):
    claim = await town.open()
    await give_up(town, claim)
    owed = await town.value("select booked_ore from write_offs")
    async with town.database.transaction() as connection:
        number = (await connection.execute(text("select id from write_offs"))).scalar_one()
        await reverse_write_off(
            connection, town.policy, number, "Boet var ikke sluttet.", town.today, BENT
        )
    await town.settle_down()
    assert await town.ending(claim) is None
    assert await town.value("select balance_ore from claims") == owed
    assert (await town.acts(claim))[-1].startswith("reopened")
    await town.decide(claim, "dialogue-1", Outcome.GO_ON)
    assert (await town.acts(claim))[-1] == "assessment-1"
    await town.decide(claim, "assessment-1", Outcome.WRITE_OFF)
    await town.decide(claim, "write-off-approval-1", Outcome.APPROVED, by=BENT)
    assert await town.ending(claim) == "written-off"
    assert await town.value("select balance_ore from claims") == 0
    await town.replay(f"claim-{claim}")


async def propose_and_approve(town, *claims):
    await town.look_at_the_clock()
    async with town.database.transaction() as connection:
        number, _ = await propose_small(connection, town.policy, claims, "Dyrt.", ANNA, town.today)
        found = text("select id from tasks where subject = :s")
        task = (await connection.execute(found, {"s": f"write-offs-{number}"})).scalar_one()
    decision = NewDecision(Outcome.APPROVED, "Enig.")
    async with town.database.transaction() as connection:
        await decide(connection, town.policy, task, decision, BENT, town.now, town.today)


async def test_small_amounts_given_up_together_end_wherever_they_stand(town):
    due = town.today - 200 * DAY
    young, old = await town.open(kroner=70, due=due), await town.open(kroner=80, due=due)
    await town.until(old, "first-reminder")
    await propose_and_approve(town, young, old)
    await town.settle_down()
    assert await town.values("select ending from claims order by id") == ["written-off"] * 2
    assert await town.values("select balance_ore from claims") == [0, 0]
    assert (
        await town.values("select rule from ledger_entries where kind = 'write-off'")
        == ["write-off small-amount"] * 2
    )
    for claim in (young, old):
        await town.replay(f"claim-{claim}")


async def test_a_small_amount_paid_before_its_story_hears_is_paid(town):
    claim = await town.open(kroner=70, due=town.today - 200 * DAY)
    await propose_and_approve(town, claim)
    await town.pay(claim)
    assert await town.ending(claim) == "paid"
    assert await town.value("select state from write_offs") == "overtaken"


async def test_a_word_that_was_lost_is_told_again_or_known_at_the_next_act(town):
    claim = await town.open(kroner=70, due=town.today - 200 * DAY)
    await propose_and_approve(town, claim)
    async with town.database.transaction() as connection:
        await connection.execute(text("delete from outbox where name = 'written_off'"))
    await WatchActivities(town.database, town.policy).look(town.now)
    await town.settle_down()
    assert await town.ending(claim) == "written-off"


TOLD = {
    HoldReason.OBJECTION: {},
    HoldReason.INVESTIGATION: {},
    HoldReason.MISSING_ADDRESS: {},
    HoldReason.COMPLAINT: {Need.COMPLAINED_ON: -3},
    HoldReason.HARDSHIP: {Need.REVIEW_ON: 30},
    HoldReason.DEATH: {Need.DIED_ON: -3},
    HoldReason.BANKRUPTCY: {Need.OPENED_ON: -3},
    HoldReason.DEBT_RELIEF: {Need.OPENED_ON: -3},
}


def wish(town, reason):
    days = {need: town.today + days * DAY for need, days in TOLD[reason].items()}
    return NewSuspension(reason, Told(days, "Kurator"))


@pytest.mark.parametrize("reason", sorted(TOLD))
async def test_each_suspension_stops_the_story_and_lets_it_go_on(town, reason):
    claim = await town.open()
    before = await town.acts(claim)
    await town.look_at_the_clock()
    async with town.database.transaction() as connection:
        done = await suspend_claim(
            connection, town.policy, claim, wish(town, reason), town.today, ANNA
        )
    await town.settle_down()
    await town.sleep(120)
    assert await town.acts(claim) == before, "nothing happened while it rested"
    async with town.database.transaction() as connection:
        await end_hold(connection, town.policy, done.holds[claim], town.today, ANNA)
    await town.settle_down()
    await town.until(claim, "first-reminder")
    await town.replay(f"claim-{claim}")


async def test_time_given_ends_by_itself(town):
    claim = await town.open()
    before = await town.acts(claim)
    until = town.today + 60 * DAY
    async with town.database.transaction() as connection:
        deferral = NewSuspension(HoldReason.DEFERRAL, Told({Need.UNTIL: until}))
        await suspend_claim(connection, town.policy, claim, deferral, town.today, ANNA)
    await town.settle_down()
    await town.sleep_until(until)
    assert await town.acts(claim) == before
    await town.until(claim, "first-reminder")


async def test_a_death_stops_every_story_of_the_debtor_and_its_end_wakes_them(town):
    claims = [await town.open() for _ in range(2)]
    before = [await town.acts(claim) for claim in claims]
    debtor = await town.value("select debtor_id from claims limit 1")
    await town.look_at_the_clock()
    death = wish(town, HoldReason.DEATH)
    async with town.database.transaction() as connection:
        done = await suspend_debtor(connection, town.policy, debtor, death, town.today, ANNA)
    assert sorted(done.holds) == sorted(claims)
    await town.settle_down()
    await town.sleep(200)
    assert [await town.acts(claim) for claim in claims] == before
    async with town.database.transaction() as connection:
        await end_suspension(connection, town.policy, done.number, town.today, ANNA)
    await town.settle_down()
    for claim in claims:
        await town.until(claim, "first-reminder")
