"""Letters leave once, arrive or become a question, and never shorten the debtor's time."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio.exceptions import ApplicationError

from domain.claim import HoldReason
from domain.errors import GatewayUnavailable
from domain.letters import Letter
from gateways.ports import PostOutcome
from gateways.post_sandbox import PostBehaviour
from persistence import post
from persistence.holding import place_hold
from tests.stories.town import ANNA


async def test_a_letter_leaves_once_however_often_the_tray_is_emptied(house, monday):
    await house.open()
    assert (await house.post_room.dispatch(monday)).sent == 1
    assert (await house.post_room.dispatch(monday)).sent == 0
    [offer] = house.gateways.digital_post.sent()
    assert offer.times == 1
    assert "Karla" in offer.body["body"]
    assert await house.value("select sha256 is not null from letters")


async def test_a_letter_handed_over_by_a_killed_worker_is_not_sent_twice(
    house, monday, monkeypatch
):
    await house.open()

    async def killed(*_):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(post, "mark_sent", killed)
        with pytest.raises(ConnectionError):
            await house.post_room.dispatch(monday)
    assert await house.value("select state from letters") == "requested"
    await house.post_room.dispatch(monday)
    [offer] = house.gateways.digital_post.sent()
    assert offer.times == 2
    assert await house.value("select state from letters") == "dispatched"


async def test_nothing_leaves_on_a_closing_day(house, monday):
    await house.open()
    sunday = monday + timedelta(days=6)
    assert (await house.post_room.dispatch(sunday)).sent == 0


async def test_an_outage_leaves_the_letter_in_the_tray(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await house.post_room.dispatch(monday)
    assert await house.value("select state from letters") == "requested"
    house.gateways.digital_post.behave(PostBehaviour())
    assert (await house.post_room.dispatch(monday)).sent == 1


async def test_a_letter_that_leaves_late_moves_the_deadline_and_tells_the_story(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=monday.date() - timedelta(days=40))
    before = await house.value("select deadline from letters")
    await house.post_room.dispatch(monday + timedelta(days=3))
    after = await house.value("select deadline from letters")
    assert after >= before + timedelta(days=3)
    assert await house.told() == ["letter_sent"]
    assert (
        await house.value("select target from outbox where name = 'letter_sent'")
        == f"claim-{claim}"
    )


async def test_a_reminder_to_one_who_has_paid_is_not_sent_and_not_charged(house, monday):
    claim = await house.open(Letter.FIRST_REMINDER, due=monday.date(), kroner=1000)
    assert await house.value("select balance_ore from claims") == 125000
    await house.pay(claim, 1000)
    assert (await house.post_room.dispatch(monday)).cancelled == 1
    assert house.gateways.digital_post.sent() == []
    assert await house.value("select balance_ore from claims") == 0
    assert "settled" in await house.told()


async def test_a_letter_about_a_claim_on_hold_stays_in_the_tray(house, monday):
    claim = await house.open()
    async with house.database.transaction() as connection:
        await place_hold(connection, claim, HoldReason.DEATH, "", house.day, None, ANNA)
    assert (await house.post_room.dispatch(monday)).held_back == 1
    assert await house.value("select state from letters") == "requested"


async def test_an_exempt_recipient_gets_the_letter_by_physical_post(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(share_failing=1))
    await house.post_room.dispatch(monday)
    await house.post_room.collect_receipts(monday + timedelta(hours=1))
    assert await house.rows("select state, channel from letters") == [
        ("requested", "physical-post")
    ]
    await house.post_room.dispatch(monday + timedelta(hours=2))
    await house.post_room.collect_receipts(monday + timedelta(hours=3))
    assert await house.value("select state from letters") == "delivered"
    assert len(house.gateways.physical_post.sent()) == 1


async def test_a_letter_that_comes_back_becomes_a_question_once(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(share_failing=1))
    house.gateways.physical_post.behave(
        PostBehaviour(share_failing=1, failing_as=PostOutcome.RETURNED.value)
    )
    for hour in range(5):
        await house.post_room.dispatch(monday + timedelta(hours=hour))
        await house.post_room.collect_receipts(monday + timedelta(hours=hour, minutes=30))
    assert await house.value("select state from letters") == "undelivered"
    assert await house.rows("select kind, state from tasks") == [("undelivered-letter", "open")]


async def test_a_letter_of_which_nobody_tells_becomes_a_question(house, monday):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(share_lost=1))
    await house.post_room.dispatch(monday)
    await house.post_room.collect_receipts(monday + timedelta(days=1))
    assert await house.rows("select kind from tasks") == []
    await house.post_room.collect_receipts(monday + timedelta(days=30))
    await house.post_room.collect_receipts(monday + timedelta(days=31))
    assert await house.rows("select kind from tasks") == [("undelivered-letter",)]


async def test_a_letter_sent_again_leaves_and_gives_new_time(house, monday):
    await house.open()
    async with house.database.transaction() as connection:
        await connection.execute(text("update letters set state = 'undelivered'"))
        letter = await house.value("select id from letters")
        await post.send_again(connection, letter, house.day + timedelta(days=8))
    await house.post_room.dispatch(monday + timedelta(days=8))
    assert await house.told() == ["letter_sent"]
    assert len(house.gateways.physical_post.sent()) == 1


async def test_a_template_that_fails_holds_the_letter_back(house, monday, monkeypatch):
    await house.open()
    monkeypatch.setattr("letters.rendering._VERSION", 99)
    with pytest.raises((ApplicationError, LookupError, OSError)):
        await house.post_room.dispatch(monday)
    assert await house.value("select state from letters") == "requested"
