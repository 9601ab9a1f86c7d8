"""Lives that the town's own bailiff ends, or does not: a story for each way out and back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.decisions import Answer, Outcome
from domain.errors import Conflict, Invalid
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
