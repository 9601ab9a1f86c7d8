"""Claims go to the recovery authority once, and what it tells is booked once."""

from datetime import timedelta

import pytest

from domain.errors import GatewayUnavailable
from gateways.recovery_authority.sandbox import RecoveryBehaviour


async def _exchange(house, now):
    await house.exchange.read_notices(now)
    await house.exchange.submit_actions(now)


async def test_a_transferred_claim_is_sent_once_and_the_story_hears_that_it_is_received(
    house, monday
):
    claim = await house.transfer()
    await _exchange(house, monday)
    await _exchange(house, monday)
    [offer] = house.gateways.recovery_authority.sent()
    assert offer.times == 1
    assert offer.body["payload"]["claim_type"]
    await _exchange(house, monday + timedelta(days=2))
    assert await house.told() == ["news_arrived"]
    assert (
        await house.value("select payload->>'kind' from outbox where name = 'news_arrived'")
        == "executed"
    )
    assert await house.value("select stage from claims where id = :id", id=claim) == "recovery"


async def test_an_outage_leaves_the_action_waiting(house, monday):
    await house.transfer()
    house.gateways.recovery_authority.behave(RecoveryBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await house.exchange.submit_actions(monday)
    assert await house.value("select state from recovery_actions") == "requested"


async def test_what_the_authority_recovers_is_booked_once_until_nothing_is_owed(house, monday):
    await house.transfer(kroner=1000)
    house.gateways.recovery_authority.behave(
        RecoveryBehaviour(share_returned=0, share_written_off=0)
    )
    for day in range(60):
        await _exchange(house, monday + timedelta(days=day))
    assert await house.value("select balance_ore from claims") == 0
    kinds = await house.rows(
        "select kind from recovery_notices where story_number is not null order by number"
    )
    assert kinds == [("executed",), ("settled",)]


async def test_a_rejected_claim_tells_the_story_why(house, monday):
    await house.transfer()
    house.gateways.recovery_authority.behave(RecoveryBehaviour(share_rejected=1))
    await _exchange(house, monday)
    await _exchange(house, monday + timedelta(days=2))
    assert await house.rows("select kind, code from recovery_notices") == [("rejected", "R_7_1")]
    assert await house.told() == ["news_arrived"]


async def test_a_payment_after_the_transfer_is_reported_before_anything_else(house, monday):
    claim = await house.transfer(kroner=1000)
    await _exchange(house, monday)
    await _exchange(house, monday + timedelta(days=2))
    await house.pay(claim, 400)
    assert await house.rows("select kind, state from recovery_actions order by id") == [
        ("create", "executed"),
        ("write-down", "requested"),
    ]
    await _exchange(house, monday + timedelta(days=3))
    await _exchange(house, monday + timedelta(days=5))
    assert (
        await house.value("select state from recovery_actions where kind = 'write-down'")
        == "executed"
    )


async def test_one_action_is_under_way_at_a_time(house, monday):
    claim = await house.transfer(kroner=1000)
    await house.pay(claim, 400)
    await _exchange(house, monday)
    assert len(house.gateways.recovery_authority.sent()) == 1
