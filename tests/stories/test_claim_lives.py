"""Whole lives of claims, as the strategy tells them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from domain.decisions import Outcome
from domain.errors import NotAllowed
from domain.record import AgreementRecord
from tests.stories.town import ANNA, BENT
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow

REMINDERS = ["demand", "first-reminder", "second-reminder"]


async def handed_over(town):
    """A claim whose dialogue led nowhere, on its way to the recovery authority."""
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(claim, "assessment-0", Outcome.TRANSFER)
    await town.until(claim, "transfer-0-0")
    return claim


async def test_a_debtor_who_pays_after_the_demand_hears_no_more(town):
    claim = await town.open()
    assert await town.acts(claim) == ["demand"]
    await town.pay(claim)
    assert await town.ending(claim) == "paid"
    assert await town.acts(claim) == ["demand", "close"]
    await town.replay(f"claim-{claim}")


async def test_silence_leads_to_a_dialogue_and_only_a_person_goes_on(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    assert await town.acts(claim) == [*REMINDERS, "dialogue-0"]
    await town.sleep(200)
    assert await town.acts(claim) == [*REMINDERS, "dialogue-0"]
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    assert (await town.acts(claim))[-1] == "assessment-0"
    await town.replay(f"claim-{claim}")


async def test_a_kept_agreement_ends_with_the_claim_paid(town):
    claim = await town.open(kroner=1000)
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    owed = await town.value("select owed_ore from agreements")
    for _ in range(2):
        await town.sleep(27)
        instalment = await town.value(
            "select min(total_ore) from instalments i, agreements g where total_ore > paid_ore"
        )
        paid = await town.value("select paid_ore from agreements")
        await town.pay(claim, kroner=-(-(instalment - paid) // 100))
    assert await town.value("select paid_ore from agreements") >= owed
    assert await town.ending(claim) == "paid"
    assert await town.value("select state from agreements") == "kept"
    assert await town.acts("A-000001") == ["close"]
    await town.replay(f"claim-{claim}")
    await town.replay("agreement-A-000001")


async def test_a_broken_agreement_leads_back_to_dialogue(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    await town.until(claim, "dialogue-1")
    assert await town.acts("A-000001") == ["reminder-1", "close"]
    assert await town.value("select state from agreements") == "broken"
    await town.replay("agreement-A-000001")


async def test_a_promise_that_is_not_kept_leads_to_another_talk(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    day = town.today + timedelta(days=20)
    await town.decide(claim, "dialogue-0", Outcome.PROMISE, look_again_on=day)
    await town.sleep(15)
    assert (await town.acts(claim))[-1] == "dialogue-0"
    await town.until(claim, "dialogue-1")


async def test_the_clock_stands_still_while_an_objection_is_looked_into(town):
    claim = await town.open()
    before = (await town.handle(claim).query("current"))["acts"]["demand"]
    number = await town.hold(claim)
    await town.sleep(60)
    assert await town.acts(claim) == ["demand"]
    await town.release(number)
    after = (await town.handle(claim).query("current"))["acts"]["demand"]
    assert (_day(after) - _day(before)).days == 60
    await town.until(claim, "first-reminder")
    await town.replay(f"claim-{claim}")


async def test_a_hold_with_an_end_resumes_by_itself(town):
    claim = await town.open()
    await town.hold(claim, until=town.today + timedelta(days=90))
    await town.sleep(89)
    assert await town.acts(claim) == ["demand"]
    await town.until(claim, "first-reminder")


async def test_a_transferred_claim_lives_on_until_the_authority_has_settled_it(town):
    claim = await handed_over(town)
    await town.hear_from_the_authority(claim, "executed")
    await town.sleep(100)
    assert await town.ending(claim) is None
    await town.hear_from_the_authority(claim, "settled")
    assert await town.ending(claim) == "settled"
    assert await town.value("select balance_ore from claims") == 0
    await town.replay(f"claim-{claim}")


async def test_a_rejected_transfer_is_mended_by_a_person_and_handed_over_anew(town):
    claim = await handed_over(town)
    await town.hear_from_the_authority(claim, "rejected")
    await town.decide(claim, "exception-0-news1", Outcome.RETRY)
    assert (await town.acts(claim))[-1] == "transfer-0-1"
    await town.hear_from_the_authority(claim, "executed")
    await town.hear_from_the_authority(claim, "returned")
    assert (await town.acts(claim))[-1] == "dialogue-1"
    await town.replay(f"claim-{claim}")


@pytest.mark.parametrize("is_paid_before", [False, True])
async def test_a_debtor_can_end_a_rejected_claim_by_paying(town, is_paid_before):
    claim = await handed_over(town)
    if is_paid_before:
        await town.pay(claim)
    await town.hear_from_the_authority(claim, "rejected")
    if not is_paid_before:
        await town.until(claim, "exception-0-news1")
        await town.pay(claim)
    assert await town.ending(claim) == "paid"
    assert "transfer-0-1" not in await town.acts(claim)
    await town.replay(f"claim-{claim}")


async def test_a_claim_in_hearing_can_be_withdrawn_from_there(town):
    claim = await handed_over(town)
    await town.hear_from_the_authority(claim, "in-hearing")
    await town.decide(claim, "hearing-0-1", Outcome.WITHDRAW)
    assert (await town.acts(claim))[-1] == "recall-0-1"
    await town.hear_from_the_authority(claim, "recalled")
    assert (await town.acts(claim))[-1] == "dialogue-1"


async def test_a_withdrawn_claim_ends_wherever_it_stands(town):
    claim = await town.open()
    await town.withdraw(claim)
    assert await town.ending(claim) == "withdrawn"
    assert await town.value("select balance_ore from claims") == 0


async def test_a_story_told_again_after_its_end_says_what_the_tables_say(town):
    """A worker can be killed between the act and its word, and hear something else meanwhile."""
    claim = await town.open()
    await town.pay(claim)
    again = replace(await town.handle(claim).query(ClaimWorkflow.current), is_withdrawn=True)
    ending = await town.env.client.execute_workflow(
        ClaimWorkflow.run, again, id="again", task_queue=town.queue
    )
    assert ending == await town.ending(claim) == "paid"


async def test_an_agreement_told_again_after_its_end_says_what_the_tables_say(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    [agreement] = await town.values("select id from agreements")
    handle = town.env.client.get_workflow_handle(f"agreement-{agreement}")
    await town.pay(claim)
    assert await handle.result() == "kept"
    again = replace(await handle.query("current", result_type=AgreementRecord), covered=0)
    outcome = await town.env.client.execute_workflow(
        AgreementWorkflow.run, replace(again, is_dissolved=True), id="again", task_queue=town.queue
    )
    assert outcome == "kept"


async def test_a_claim_withdrawn_at_the_collector_is_recalled_first(town):
    claim = await handed_over(town)
    await town.hear_from_the_authority(claim, "executed")
    await town.withdraw(claim)
    assert await town.ending(claim) is None
    assert await town.values("select kind from recovery_actions order by id") == [
        "create",
        "recall",
    ]
    await town.hear_from_the_authority(claim, "recalled")
    assert await town.ending(claim) == "withdrawn"


async def test_a_write_off_needs_a_second_person(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(claim, "assessment-0", Outcome.WRITE_OFF, by=ANNA)
    with pytest.raises(NotAllowed):
        await town.decide(claim, "write-off-approval-0", Outcome.APPROVED, by=ANNA)
    await town.decide(claim, "write-off-approval-0", Outcome.APPROVED, by=BENT)
    assert await town.ending(claim) == "written-off"
    assert await town.value("select balance_ore from claims") == 0


async def test_a_refused_write_off_leads_back_to_dialogue(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(claim, "assessment-0", Outcome.WRITE_OFF)
    await town.decide(claim, "write-off-approval-0", Outcome.REFUSED, by=BENT)
    assert (await town.acts(claim))[-1] == "dialogue-1"


async def test_a_claim_kept_for_later_is_talked_about_again(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    day = town.today + timedelta(days=90)
    await town.decide(claim, "assessment-0", Outcome.KEEP, look_again_on=day)
    await town.sleep(85)
    assert (await town.acts(claim))[-1] == "assessment-0"
    await town.until(claim, "dialogue-1")


async def test_a_letter_that_left_late_gives_the_debtor_all_the_days_it_promises(town):
    claim = await town.open()
    await town.until(claim, "first-reminder")
    await _post_room_falls_behind(town, claim)
    deadline = await town.value("select deadline from letters where key = 'first-reminder'")
    await town.sleep_until(deadline + timedelta(days=20))
    assert (await town.acts(claim))[-1] == "first-reminder"


async def test_one_agreement_can_cover_several_claims_of_a_debtor(town):
    first, second = await town.open(), await town.open()
    await town.until(first, "dialogue-0")
    await town.agree(first, "dialogue-0", months=2, others=(second,))
    await town.until(first, "dialogue-1")
    assert await town.value("select count(*) from holds where released_on is null") == 0
    acts = await town.acts(second)
    assert "close" not in acts


async def _post_room_falls_behind(town, claim):
    async with town.database.transaction() as connection:
        await connection.execute(
            text("update letters set state = 'undelivered' where key = 'first-reminder'")
        )


def _day(value):
    return date.fromisoformat(value)


async def ready_but_for_the_description(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.value("update claims set description = '' returning 1")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    await town.decide(claim, "assessment-0", Outcome.TRANSFER)
    await town.until(claim, "exception-0-refusal0")
    assert "transfer-0-0" not in await town.acts(claim)
    return claim


async def test_a_transfer_that_is_not_proved_is_mended_by_a_person_and_tried_again(town):
    claim = await ready_but_for_the_description(town)
    await town.value("update claims set description = 'Faktura 4711' returning 1")
    await town.decide(claim, "exception-0-refusal0", Outcome.RETRY)
    assert (await town.acts(claim))[-1] == "transfer-0-0"
    await town.replay(f"claim-{claim}")


async def test_a_transfer_that_cannot_be_proved_leads_back_to_the_dialogue(town):
    claim = await ready_but_for_the_description(town)
    await town.decide(claim, "exception-0-refusal0", Outcome.RETRY)
    assert (await town.acts(claim))[-1] == "exception-0-refusal1"
    await town.decide(claim, "exception-0-refusal1", Outcome.GIVE_UP)
    assert (await town.acts(claim))[-1] == "dialogue-1"
    assert await town.values("select kind from recovery_actions") == []
    await town.replay(f"claim-{claim}")


async def test_a_rejected_claim_whose_second_transfer_is_given_up_is_ours_again(town):
    claim = await handed_over(town)
    await town.hear_from_the_authority(claim, "rejected")
    await town.value("update claims set description = '' returning 1")
    await town.decide(claim, "exception-0-news1", Outcome.RETRY)
    await town.decide(claim, "exception-0-refusal0", Outcome.GIVE_UP)
    assert (await town.acts(claim))[-1] == "dialogue-1"
    await town.pay(claim)
    assert await town.ending(claim) == "paid"
    await town.replay(f"claim-{claim}")
