"""The watch raises what nears its limitation, and repeats words that were lost, no others."""

from datetime import date, timedelta

import pytest

from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.letters import Letter
from domain.money import Money
from domain.orders import AskPerson
from persistence.agreements.terms import NewAgreement
from persistence.claims.holding import place_hold, release_hold
from persistence.claims.withdrawing import withdraw
from persistence.tasks.deciding import NewDecision, decide
from tests.stories.town import ANNA

HOUR = timedelta(hours=1)


@pytest.fixture
async def anna(house):
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )


async def look(house, now):
    """All messages so far were delivered, and some of them were lost."""
    await house.change("update outbox set delivered_at = now()")
    before = len(await house.told())
    await house.watch.look(now)
    return (await house.told())[before:]


async def answer(house, monday, claim, outcome, **more):
    """The claim is in its dialogue and a person answers; the story does not hear it."""
    order = AskPerson(claim, "dialogue-0", house.day, kind=TaskKind.DIALOGUE)
    await house.acts.ask_person(order)
    task = await house.value("select id from tasks where subject = :id", id=claim)
    decision = NewDecision(outcome, "talt med skyldner", **more)
    async with house.database.transaction() as connection:
        await decide(connection, house.policy, task, decision, ANNA, monday, house.day)


async def alarms(house):
    return await house.rows("select key, state from tasks order by id")


async def test_a_claim_raises_one_task_a_step_as_its_limitation_comes_nearer(house, monday):
    await house.open(due=house.day - timedelta(days=365 * 3 - 150))  # barred 31 July 2026
    assert (await house.watch.look(monday)).limitation_tasks == 1
    assert (await house.watch.look(monday + timedelta(days=1))).limitation_tasks == 0
    assert await alarms(house) == [("limitation-near-6", "open")]
    await house.watch.look(monday + timedelta(days=90))
    assert await alarms(house) == [
        ("limitation-near-6", "cancelled"),
        ("limitation-near-3", "open"),
    ]
    raised = "select kind, department, due_on, facts from tasks where state = 'open'"
    assert await house.rows(raised) == [
        ("limitation-near", "Trafik og Veje", date(2026, 6, 4), {"limitation_date": "2026-07-31"})
    ]


async def test_an_alarm_that_was_answered_is_raised_again_only_at_the_next_step(house, monday):
    await house.open(due=house.day - timedelta(days=365 * 3 - 150))
    await house.watch.look(monday)
    await house.change("update tasks set state = 'decided'")
    await house.watch.look(monday + timedelta(days=30))
    assert await alarms(house) == [("limitation-near-6", "decided")]
    await house.watch.look(monday + timedelta(days=90))
    assert await alarms(house) == [("limitation-near-6", "decided"), ("limitation-near-3", "open")]


async def test_only_living_claims_that_are_ours_to_watch_are_raised(house, monday):
    for _ in range(3):
        await house.open(due=house.day - timedelta(days=365 * 3 - 150))
    await house.change("update claims set stage = 'recovery' where serial = 1")
    await house.change(
        "update claims set ending = 'paid', ended_on = :on where serial = 2", on=house.day
    )
    assert (await house.watch.look(monday)).limitation_tasks == 1


async def test_a_claim_young_and_well_raises_nothing_and_is_told_nothing(house, monday):
    await house.open()
    assert await look(house, monday + HOUR) == []
    assert await alarms(house) == []


async def test_a_settled_claim_whose_story_did_not_hear_is_told_again(house, monday):
    claim = await house.open(kroner=100)
    await house.pay(claim, 90)
    assert await look(house, monday + HOUR) == ["settled"], "10 kroner settle it too"


async def test_a_message_on_its_way_is_not_doubled(house, monday):
    claim = await house.open(kroner=100)
    await house.pay(claim, 100)
    assert await look(house, monday + HOUR) == ["settled"]
    assert (await house.watch.look(monday + HOUR)).told_again == 0


async def test_a_claim_whose_story_is_about_to_start_is_told_nothing(house, monday):
    claim = await house.open(kroner=100)
    await house.pay(claim, 100)
    await house.change("update outbox set delivered_at = now() where name = 'settled'")
    assert (await house.watch.look(monday + HOUR)).told_again == 0


async def test_a_withdrawn_claim_whose_story_did_not_hear_is_told_again(house, monday):
    claim = await house.open()
    async with house.database.transaction() as connection:
        await withdraw(connection, claim, "fejl", house.day, ANNA)
    assert await look(house, monday + HOUR) == ["withdrawn"]


async def test_what_lies_at_the_collector_is_settled_by_its_word_alone(house, monday):
    claim = await house.transfer(kroner=100)
    await house.pay(claim, 100)
    assert await look(house, monday + HOUR) == []


async def test_an_answer_that_was_lost_is_told_again(house, monday, anna):
    claim = await house.open()
    await answer(house, monday, claim, Outcome.GO_ON)
    assert await look(house, monday + HOUR) == ["task_decided"]
    payloads = "select payload from outbox where name = 'task_decided' order by id"
    first, second = await house.rows(payloads)
    assert first == second


async def test_an_answer_just_given_has_time_to_be_heard(house, monday, anna):
    claim = await house.open()
    await answer(house, monday, claim, Outcome.GO_ON)
    assert await look(house, monday + timedelta(minutes=5)) == []


async def test_a_story_that_waits_for_a_promised_day_is_left_alone_until_it_is_past(
    house, monday, anna
):
    claim = await house.open()
    promised = house.day + timedelta(days=10)
    await answer(house, monday, claim, Outcome.PROMISE, look_again_on=promised)
    assert await look(house, monday + timedelta(days=12)) == []
    assert await look(house, monday + timedelta(days=13)) == ["task_decided", "nudged"]


async def test_a_story_in_an_agreement_hears_of_it_when_it_is_over(house, monday, anna):
    claim = await house.open(claim_type="invoice")
    wish = NewAgreement((claim,), first_due=house.day + timedelta(days=30), months=3)
    await answer(house, monday, claim, Outcome.AGREEMENT, agreement=wish)
    assert await look(house, monday + HOUR) == []
    await house.change("update agreements set state = 'broken'")
    await house.change("update claims set agreement_id = null, stage = 'dialogue'")
    assert await look(house, monday + HOUR) == ["task_decided", "agreement_ended"]


async def test_an_agreement_fully_paid_or_about_nothing_is_told_so(house, monday, anna):
    claim = await house.open(claim_type="invoice", kroner=900)
    wish = NewAgreement((claim,), first_due=house.day + timedelta(days=30), monthly=Money(45000))
    await answer(house, monday, claim, Outcome.AGREEMENT, agreement=wish)
    await house.change("update agreements set paid_ore = 45000")
    assert await look(house, monday + HOUR) == []
    await house.change("update agreements set paid_ore = 90000")
    assert await look(house, monday + HOUR) == ["instalments_covered"]
    await house.change("update claims set ending = 'withdrawn', ended_on = :on", on=house.day)
    assert await look(house, monday + HOUR) == ["instalments_covered", "dissolved"]


async def test_a_story_that_should_have_moved_on_is_nudged(house, monday):
    await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    await house.empty(monday)
    assert await look(house, monday + timedelta(days=16)) == []  # in time until 16 March
    assert await look(house, monday + timedelta(days=17)) == ["nudged"]


async def test_a_story_that_waits_for_a_letter_or_a_hold_is_left_alone(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40))
    assert await look(house, monday + timedelta(days=30)) == []
    await house.empty(monday)
    async with house.database.transaction() as connection:
        hold = await place_hold(connection, claim, HoldReason.DEATH, "", house.day, None, ANNA)
    assert await look(house, monday + timedelta(days=30)) == []
    async with house.database.transaction() as connection:
        later = house.day + timedelta(days=30)
        await release_hold(connection, house.policy, hold, later, ANNA)
    assert await look(house, monday + timedelta(days=40)) == []
    assert await look(house, monday + timedelta(days=60)) == ["nudged"]


async def test_a_claim_in_hearing_nears_its_limitation_here(house, monday):
    await house.open(due=house.day - timedelta(days=365 * 3 - 150))
    await house.change("update claims set stage = 'transfer'")
    assert (await house.watch.look(monday)).limitation_tasks == 1


async def test_what_nobody_was_asked_about_in_time_is_told_to_the_supervisor_once(house, monday):
    """61 days are left when the house first hears of the claim: too late to ask in time."""
    await house.open(due=house.day - timedelta(days=365 * 3 - 61))
    looked = [await house.watch.look(monday + timedelta(days=day)) for day in range(2)]
    assert [(one.limitation_tasks, one.unoffered) for one in looked] == [(1, 1), (0, 0)]
    assert [key.rpartition("-")[0] for key, _ in await alarms(house)] == [
        "limitation-near", "limitation-unoffered-2026-05",
    ]  # fmt: skip


async def test_who_was_asked_and_answered_in_time_raises_no_alarm(house, monday, anna):
    claim = await house.open(due=house.day - timedelta(days=365 * 3 - 150))
    await answer(house, monday, claim, Outcome.GO_ON)
    assert (await house.watch.look(monday + timedelta(days=120))).unoffered == 0
