"""Lives at rest: how each reason begins and ends, and what comes to an estate late."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.endings.suspension import Need, Told
from domain.endings.write_off import NewWriteOff
from persistence.claims.objecting import register_objection
from persistence.endings.suspending import NewSuspension, suspend_claim, suspend_debtor
from persistence.tasks.deciding import NewDecision, decide
from tests.builders import a_debtor
from tests.stories.town import ANNA, BENT

DAY = timedelta(days=1)
PAIR = (a_debtor("0703790123", "Karla Prøvesen"), a_debtor("1108650456", "Bo Prøvesen"))
BOUDLAEG = {"reason": "insolvent-estate", "journal": "SKS 17"}


async def stop(town, claim, reason, contact="Kurator", **told):
    """All that the claim's first debtor owes, or the claim alone; the suspension's number."""
    await town.look_at_the_clock()
    days = {Need[name.upper()]: town.today + days * DAY for name, days in told.items()}
    wish = NewSuspension(reason, Told(days, contact))
    debtor = await town.value("select debtor_id from claims where id = :c", c=claim)
    async with town.database.transaction() as connection:
        rule = town.policy.endings.suspension(reason, town.today)
        if rule.is_of_debtor:
            done = await suspend_debtor(connection, town.policy, debtor, wish, town.today, ANNA)
        else:
            done = await suspend_claim(connection, town.policy, claim, wish, town.today, ANNA)
    await town.settle_down()
    return done.number


async def answer(town, kind, outcome, by=ANNA, **more):
    """The open task of the kind, wherever it stands."""
    await town.look_at_the_clock()
    task = await town.value("select max(id) from tasks where kind = :k and state = 'open'", k=kind)
    async with town.database.transaction() as connection:
        await decide(
            connection, town.policy, task, NewDecision(outcome, "Set.", **more), by, town.now,
            town.today,
        )  # fmt: skip
    await town.settle_down()


# The reason; what is told of it; the paragraph it begins by; what ends it.
BY_REVIEW = [
    (HoldReason.MISSING_ADDRESS, {}, "GIL § 2, stk. 4", "the address is found"),
    (HoldReason.HARDSHIP, {"review_on": 30}, "kommunens strategi", "somebody has looked"),
    (HoldReason.COMPLAINT, {"complained_on": -3}, "forældelsesloven § 21", "it is decided"),
    (HoldReason.DEATH, {"died_on": -3}, "dødsboskifteloven § 81", "the estate is closed"),
    (HoldReason.BANKRUPTCY, {"opened_on": -3}, "konkursloven § 31", "the bankruptcy is over"),
    (HoldReason.DEBT_RELIEF, {"opened_on": -3}, "konkursloven § 207", "no order was made"),
]


@pytest.mark.parametrize(("reason", "told", "paragraph", "end"), BY_REVIEW)
async def test_who_looks_again_ends_it_and_the_story_goes_on(town, reason, told, paragraph, end):
    claim = await town.open()
    before = await town.acts(claim)
    await stop(town, claim, reason, **told)
    await town.sleep(90)
    assert await town.acts(claim) == before, f"at rest by {paragraph}"
    await answer(town, "suspension-review", Outcome.RESUME)
    await town.until(claim, "first-reminder")
    assert await town.value("select ended_on from suspensions"), end


async def test_an_objection_that_is_refused_lets_the_clock_run_again(town):
    """G.A.1.3.1: objections about existence and size are ours to clear."""
    claim = await town.open()
    await town.look_at_the_clock()
    before = await town.acts(claim)
    async with town.database.transaction() as connection:
        await register_objection(
            connection, town.policy, claim, "Jeg har betalt.", town.today, ANNA
        )
    await town.settle_down()
    await town.sleep(60)
    assert await town.acts(claim) == before
    await answer(town, "objection", Outcome.REFUSED, words="Vi har ikke fået pengene.")
    await town.until(claim, "first-reminder")


async def test_an_objection_that_is_upheld_ends_the_claim(town):
    claim = await town.open()
    await town.look_at_the_clock()
    async with town.database.transaction() as connection:
        await register_objection(
            connection, town.policy, claim, "Jeg har betalt.", town.today, ANNA
        )
    await town.settle_down()
    await answer(town, "objection", Outcome.UPHELD, words="Du har ret.")
    assert await town.ending(claim) == "withdrawn"


async def test_a_claim_that_comes_after_a_death_begins_at_rest_and_wakes_with_the_others(town):
    first = await town.open()
    number = await stop(town, first, HoldReason.DEATH, died_on=-3)
    later = await town.open()
    assert await town.acts(later) == [], "not even a demand"
    await town.sleep(90)
    assert await town.acts(later) == []
    async with town.database.transaction() as connection:
        found = text("select claim_id from holds where suspension_id = :n order by claim_id")
        assert list((await connection.execute(found, {"n": number})).scalars()) == [first, later]
    await answer(town, "suspension-review", Outcome.RESUME)
    await town.until(later, "first-reminder")
    await town.replay(f"claim-{later}")


async def test_an_estate_that_leaves_nothing_ends_every_story_at_rest(town):
    claims = [await town.open() for _ in range(2)]
    await stop(town, claims[0], HoldReason.DEATH, died_on=-3)
    claims.append(await town.open())
    why = NewWriteOff(on=town.today, **BOUDLAEG)
    await answer(town, "estate-claim", Outcome.NOTHING_LEFT, write_off=why)
    assert await town.values("select ending from claims") == [None] * 3, "until another agrees"
    await answer(town, "write-off-batch", Outcome.APPROVED, by=BENT)
    assert await town.values("select ending from claims") == ["written-off"] * 3
    assert await town.values("select balance_ore from claims") == [0] * 3
    assert set(await town.values("select rule from ledger_entries where kind = 'write-off'")) == {
        "write-off insolvent-estate"
    }
    for claim in claims:
        await town.replay(f"claim-{claim}")


async def test_one_who_is_freed_lets_the_others_story_go_on(town):
    """Konkursloven § 226 and dødsboskifteloven § 18: the others are liable as before."""
    claim = await town.open(debtors=PAIR)
    before = await town.acts(claim)
    await stop(town, claim, HoldReason.DEATH, died_on=-3)
    await town.sleep(60)
    assert await town.acts(claim) == before
    why = NewWriteOff(on=town.today, **BOUDLAEG)
    await answer(town, "estate-claim", Outcome.NOTHING_LEFT, write_off=why)
    assert await town.ending(claim) is None
    await answer(town, "discharge-approval", Outcome.APPROVED, by=BENT)
    await town.until(claim, "first-reminder")
    to = "select d.name from letters l join debtors d on d.id = l.debtor_id where letter = :l"
    assert await town.values(to, l="first-reminder") == ["Bo Prøvesen"]
    assert await town.values(to, l="discharge-granted") == [], "no letters go to the dead"
    await town.replay(f"claim-{claim}")
