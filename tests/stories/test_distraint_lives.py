"""Lives that the town's own bailiff ends, or does not: a story for each way out and back."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from api.distraints.standings import view_standings
from api.views.distraints import to_cancel, view_week
from domain.calendar import add_months
from domain.decisions import Answer, Outcome
from domain.distraints.distraint import AssetKind, DistraintEvent, Slot
from domain.errors import Conflict, Invalid
from domain.money import Money
from persistence.distraints.adjourning import adjourn_hearing
from persistence.distraints.checks import first_day_of
from persistence.distraints.minutes import (
    NewAsset,
    NewEvent,
    NewMinutes,
    hold_hearing,
    note_event,
)
from persistence.distraints.reading import read_taken
from persistence.distraints.setting import set_hearing
from persistence.distraints.summaries import distraints_of_claim
from tests.builders import a_claim
from tests.stories.town import PIA
from workflows.claim import ClaimWorkflow
from workflows.messages import TaskDecided

LATER = timedelta(days=40)


@pytest.fixture
async def enforced(town):
    """A priority claim of 2023, whose bailiff has the task."""
    await town.look_at_the_clock()
    new = a_claim("household-waste", due=town.today + timedelta(days=30))
    old = {"period_start": date(2023, 10, 1), "period_end": date(2023, 12, 31)}
    claim = await town.open(replace(new, **old))
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(claim, "assessment-0", Outcome.ENFORCE)
    await town.until(claim, "distraint-0")
    assert "distraint-notice-0" in await town.acts(claim)
    return claim


async def last(town, claim):
    return (await town.acts(claim))[-1]


async def test_property_is_taken_sold_and_the_claim_paid(town, enforced):
    day = town.today + LATER
    await town.hold_hearing(enforced, "distraint-0", Outcome.PROPERTY_TAKEN, day)
    assert await last(town, enforced) == "distraint-0"
    await town.until(enforced, "after-distraint-0-0-0")
    assert town.today > day
    again = town.today + LATER
    await town.decide(
        enforced, "after-distraint-0-0-0", Outcome.FORCED_SALE, PIA, look_again_on=again
    )
    await town.until(enforced, "after-distraint-0-0-1")
    assert town.today > again
    await town.decide(
        enforced, "after-distraint-0-0-1", Outcome.REALISED, PIA, look_again_on=town.today + LATER
    )
    await town.pay(enforced)
    assert await town.ending(enforced) == "paid"
    await town.replay(f"claim-{enforced}")


async def test_what_was_taken_and_did_not_cover_all_leads_back_to_the_dialogue(town, enforced):
    await town.hold_hearing(enforced, "distraint-0", Outcome.ASSETS_TAKEN, town.today + LATER)
    await town.until(enforced, "after-distraint-0-0-0")
    await town.decide(
        enforced, "after-distraint-0-0-0", Outcome.REALISED, PIA, look_again_on=town.today
    )
    await town.until(enforced, "dialogue-1")
    await town.replay(f"claim-{enforced}")


async def test_a_released_distraint_leads_back_to_the_dialogue(town, enforced):
    await town.hold_hearing(enforced, "distraint-0", Outcome.PROPERTY_TAKEN, town.today + LATER)
    await town.until(enforced, "after-distraint-0-0-0")
    await town.decide(enforced, "after-distraint-0-0-0", Outcome.RELEASED, PIA)
    assert await last(town, enforced) == "dialogue-1"
    await town.replay(f"claim-{enforced}")


async def test_in_vain_the_claim_is_assessed_anew_and_may_be_enforced_again(town, enforced):
    """Its limitation begins anew on the day (forældelseslovens § 18, stk. 2)."""
    await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)
    held = await town.value("select held_on from distraint_minutes")
    limitation = await town.value("select limitation_date from claims where id = :id", id=enforced)
    assert limitation >= held.replace(year=held.year + 3)
    assert await last(town, enforced) == "assessment-0-1"
    await town.decide(enforced, "assessment-0-1", Outcome.ENFORCE)
    await town.until(enforced, "distraint-0-1")
    assert "distraint-notice-0-1" in await town.acts(enforced)
    await town.hold_hearing(enforced, "distraint-0-1", Outcome.IN_VAIN)
    assert await last(town, enforced) == "assessment-0-2"
    await town.decide(enforced, "assessment-0-2", Outcome.WRITE_OFF)
    assert await last(town, enforced) == "write-off-approval-0"
    await town.replay(f"claim-{enforced}")


async def test_money_promised_at_the_hearing_ends_the_claim_or_leads_back(town, enforced):
    day = town.today + LATER
    await town.hold_hearing(enforced, "distraint-0", Outcome.PAID_AT_HEARING, day)
    await town.until(enforced, "dialogue-1")
    assert town.today > day
    await town.pay(enforced)
    assert await town.ending(enforced) == "paid"
    await town.replay(f"claim-{enforced}")


async def test_an_agreement_with_the_bailiff_is_watched_over(town, enforced):
    await town.agree(enforced, "distraint-0", months=2, by=PIA)
    await town.sleep(75)
    await town.until(enforced, "dialogue-1")
    assert await town.value("select state from agreements") == "broken"
    await town.replay(f"claim-{enforced}")


async def test_a_cancelled_hearing_leads_back_to_the_dialogue(town, enforced):
    await town.decide(enforced, "distraint-0", Outcome.CANCELLED, PIA)
    assert await last(town, enforced) == "dialogue-1"
    await town.replay(f"claim-{enforced}")


async def test_who_pays_before_the_hearing_ends_it(town, enforced):
    await town.pay(enforced)
    assert await town.ending(enforced) == "paid"
    with pytest.raises(Conflict):
        await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)


async def test_what_the_state_enforces_is_not_ours(town):
    claim = await town.open(claim_type="household-waste", due=date(2026, 2, 2))
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    with pytest.raises(Invalid, match="enforce-by-authority"):
        await town.decide(claim, "assessment-0", Outcome.ENFORCE)


@pytest.mark.parametrize("outcome", [Outcome.DISTRAINT_MADE, Outcome.UNSUCCESSFUL])
async def test_answers_that_are_given_no_longer_still_lead_where_they_led(town, enforced, outcome):
    """Stories that were answered so before minutes were kept go on as they were told."""
    day = town.today + timedelta(days=5) if outcome is Outcome.DISTRAINT_MADE else None
    told = TaskDecided("distraint-0", Answer(outcome, day))
    await town.handle(enforced).signal(ClaimWorkflow.task_decided, told)
    await town.sleep(10)
    assert await last(town, enforced) == "dialogue-1"
    await town.replay(f"claim-{enforced}")


async def limitation_of(town, claim):
    return await town.value("select limitation_date from claims where id = :id", id=claim)


async def page_of(town, claim):
    """The distraint as its claim's page shows it today."""
    async with town.database.transaction() as connection:
        rows = await distraints_of_claim(connection, claim)
    return view_standings(town.policy, rows, town.today)[0]


async def ahead(town):
    """What the bailiff is warned of today, by kind."""
    async with town.database.transaction() as connection:
        week = await view_week(connection, town.policy, town.today, town.today)
    return {one.kind: one for one in week.ahead}


async def test_an_objection_may_come_for_four_weeks_and_stops_nothing(town, enforced):
    """Skatteinddrivelseslovens § 6."""
    day = town.today + timedelta(days=100)
    await town.hold_hearing(enforced, "distraint-0", Outcome.ASSETS_TAKEN, day)
    held = town.today
    until = (await page_of(town, enforced)).objection_until
    assert timedelta(days=28) <= until - held <= timedelta(days=33)
    number = await town.value("select id from distraints")
    objected = NewEvent(DistraintEvent.OBJECTED, held, "Bilen er min søns")
    async with town.database.transaction() as connection:
        await note_event(connection, number, objected, PIA, town.today)
    assert "objection" in await ahead(town)
    await town.sleep_until(until)
    assert "objection" in await ahead(town)
    await town.sleep_until(until + timedelta(days=1))
    assert "objection" not in await ahead(town)
    await town.until(enforced, "after-distraint-0-0-0")
    await town.replay(f"claim-{enforced}")


async def test_movables_that_nobody_sells_lapse_after_a_year_but_the_claim_does_not(town, enforced):
    """Retsplejelovens § 526, stk. 4: the interruption stays."""
    day = town.today + LATER
    await town.hold_hearing(enforced, "distraint-0", Outcome.ASSETS_TAKEN, day)
    lapses = (await page_of(town, enforced)).lapses_on
    assert lapses == add_months(town.today, 12)
    limitation = await limitation_of(town, enforced)
    await town.until(enforced, "after-distraint-0-0-0")
    await town.decide(enforced, "after-distraint-0-0-0", Outcome.KEEP, PIA, look_again_on=lapses)
    assert "lapse" not in await ahead(town)
    await town.sleep_until(lapses - timedelta(days=30))
    assert not (await ahead(town))["lapse"].is_over
    await town.until(enforced, "after-distraint-0-0-1")
    assert (await ahead(town))["lapse"].is_over
    await town.decide(enforced, "after-distraint-0-0-1", Outcome.RELEASED, PIA)
    assert "lapse" not in await ahead(town)
    assert await limitation_of(town, enforced) == limitation
    assert await last(town, enforced) == "dialogue-1"
    await town.replay(f"claim-{enforced}")


async def test_the_priority_right_is_watched_for_two_years_and_three_months_more(town, enforced):
    """Den juridiske vejledning 2026-1, G.A.3.7.2: enforcement was ordered in time."""
    due = await town.value("select due_date from claims where id = :id", id=enforced)
    ends = add_months(due, 24)
    assert "lien" not in await ahead(town)
    await town.sleep_until(ends - timedelta(days=30))
    assert "lien" not in await ahead(town)
    longer = add_months(ends, 3)
    await town.sleep_until(longer - timedelta(days=30))
    watched = (await ahead(town))["lien-ordered"]
    assert (watched.until, watched.is_over) == (longer, False)
    await town.sleep_until(longer + timedelta(days=1))
    assert (await ahead(town))["lien-ordered"].is_over
    await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)
    assert "lien-ordered" not in await ahead(town)


async def test_a_hearing_that_goes_on_another_day_is_one_act_and_one_story(town, enforced):
    """SKM2016.310.ØLR: the beginning interrupts, the new period runs from the end."""
    await town.look_at_the_clock()
    task = await town.value("select id from tasks where key = 'distraint-0'")
    async with town.database.transaction() as connection:
        day = await first_day_of(connection, town.policy, enforced, town.today)
        slot = Slot(day, time(10), "Prøvevej 1")
        number = await set_hearing(connection, town.policy, task, slot, PIA, town.today)
    await town.sleep_until(day)
    async with town.database.transaction() as connection:
        later = await first_day_of(connection, town.policy, enforced, town.today)
        await adjourn_hearing(
            connection, town.policy, number, replace(slot, day=later), "Papirer", PIA, town.now
        )
    await town.sleep_until(later)
    minutes = NewMinutes(Outcome.IN_VAIN, "Intet fundet")
    async with town.database.transaction() as connection:
        await hold_hearing(connection, town.policy, number, minutes, PIA, town.now)
    await town.settle_down()
    events = "select happened_on from limitation_events where kind = 'distraint' order by id"
    assert await town.values(events) == [day, later]
    assert await limitation_of(town, enforced) >= later.replace(year=later.year + 3)
    assert await last(town, enforced) == "assessment-0-1"
    await town.replay(f"claim-{enforced}")


@pytest.mark.parametrize("outcome", [Outcome.PAID_AT_HEARING, Outcome.CANCELLED])
async def test_where_nothing_was_taken_the_limitation_stays(town, enforced, outcome):
    """Forældelseslovens § 18: only the act interrupts."""
    limitation = await limitation_of(town, enforced)
    if outcome is Outcome.CANCELLED:
        await town.decide(enforced, "distraint-0", outcome, PIA)
    else:
        await town.hold_hearing(enforced, "distraint-0", outcome, town.today + LATER)
    assert await limitation_of(town, enforced) == limitation


async def test_who_pays_after_the_distraint_ends_it_and_the_register_is_not_forgotten(
    town, enforced
):
    await town.hold_hearing(enforced, "distraint-0", Outcome.PROPERTY_TAKEN, town.today + LATER)
    await town.pay(enforced)
    assert await town.ending(enforced) == "paid"
    async with town.database.transaction() as connection:
        assert [row["claim_id"] for row in to_cancel(await read_taken(connection))] == [enforced]
    await town.replay(f"claim-{enforced}")


async def test_a_withdrawn_claim_is_not_enforced(town, enforced):
    await town.withdraw(enforced)
    assert await town.ending(enforced) == "withdrawn"
    with pytest.raises(Conflict):
        await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)


async def test_a_claim_in_a_hold_waits_and_is_enforced_after_it(town, enforced):
    hold = await town.hold(enforced)
    with pytest.raises(Invalid, match="hearing-in-a-hold"):
        await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)
    await town.release(hold)
    await town.hold_hearing(enforced, "distraint-0", Outcome.IN_VAIN)
    assert await last(town, enforced) == "assessment-0-1"
    await town.replay(f"claim-{enforced}")


async def test_a_property_whose_owners_nobody_knows_is_not_taken(town, enforced):
    """Retsplejelovens §§ 493-494."""
    task = await town.value("select id from tasks where key = 'distraint-0'")
    async with town.database.transaction() as connection:
        day = await first_day_of(connection, town.policy, enforced, town.today)
        slot = Slot(day, time(10), "Prøvevej 1")
        number = await set_hearing(connection, town.policy, task, slot, PIA, town.today)
    await town.sleep_until(day)
    asset = NewAsset(AssetKind.PROPERTY, "Matr. 1", Money(100))
    minutes = NewMinutes(Outcome.PROPERTY_TAKEN, "Mødt", assets=(asset,), on=town.today + LATER)
    async with town.database.transaction() as connection:
        with pytest.raises(Invalid, match="owners-unknown"):
            await hold_hearing(connection, town.policy, number, minutes, PIA, town.now)
    assert await last(town, enforced) == "distraint-0"
