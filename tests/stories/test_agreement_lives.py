"""Lives of agreements: paid early and too much, held, broken, taken up again, ended by a person."""

from datetime import timedelta

import pytest

from persistence.ending_agreements import end_agreement
from persistence.keeping_agreements import Reinstatement, reinstate
from tests.stories.town import ANNA

FIRST, SECOND = "A-000001", "A-000002"


@pytest.fixture
async def agreed(town):
    """1,000 kroner and what reminders cost, in three instalments."""
    claim = await town.open(claim_type="invoice")
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=3)
    return claim


async def sums_up(town, agreement=FIRST):
    left = await town.value(
        "select max(i.total_ore) - g.paid_ore from instalments i join agreements g "
        "on g.id = i.agreement_id where g.id = :id group by g.paid_ore",
        id=agreement,
    )
    owed = "select sum(balance_ore) from claims where agreement_id = :id and ending is null"
    return left == await town.value(owed, id=agreement)


async def test_who_pays_ahead_is_not_reminded_until_the_money_is_used_up(town, agreed):
    instalment = await town.value("select amount_ore from instalments where number = 1")
    await town.pay_ore(agreed, instalment * 2)
    assert await sums_up(town)
    await town.sleep(75)
    assert await town.acts(FIRST) == []
    await town.sleep(45)
    assert (await town.acts(FIRST))[0] == "reminder-3"
    await town.replay(f"agreement-{FIRST}")


async def test_all_at_once_ends_it_as_kept_and_the_claim_as_paid(town, agreed):
    await town.pay(agreed)
    assert await town.ending(agreed) == "paid"
    assert await town.value("select state from agreements") == "kept"
    since = "select signed_on from agreements"
    charged = f"from ledger_entries where kind = 'interest' and effective_on > ({since})"
    assert await town.value(f"select count(*) {charged}") == 0


async def test_who_catches_up_after_the_reminder_keeps_it_and_pays_the_fee_last(town, agreed):
    missing = await town.value("select amount_ore from instalments where number = 1")
    await _until_reminded(town)
    assert await sums_up(town)
    await town.pay_ore(agreed, missing)
    assert await town.value("select state from agreements") == "active"
    last = "select amount_ore from instalments order by number desc limit 1"
    assert await town.value(last) >= 10_000
    await town.pay(agreed)
    assert await town.value("select state from agreements") == "kept"
    await town.replay(f"agreement-{FIRST}")


async def test_nobody_is_reminded_in_a_hold_and_the_clock_goes_on_after_it(town, agreed):
    hold = await town.hold(agreed)
    await town.sleep(90)
    assert await town.acts(FIRST) == []
    await town.release(hold)
    await _until_reminded(town)
    await town.replay(f"agreement-{FIRST}")


async def test_a_broken_one_taken_up_again_is_kept_to_its_end(town, agreed):
    await town.until(agreed, "dialogue-1")
    assert await town.value("select state from agreements where id = :id", id=FIRST) == "broken"
    wish = Reinstatement(town.today + timedelta(days=20), "Var syg, betaler nu.", months=2)
    async with town.database.transaction() as connection:
        decided = await reinstate(connection, town.policy, FIRST, wish, ANNA, town.now, town.today)
    await town.settle_down()
    assert decided.agreement_id == SECOND
    assert await sums_up(town, SECOND)
    await town.pay(agreed)
    assert await town.ending(agreed) == "paid"
    states = "select state from agreements order by id"
    assert await town.values(states) == ["broken", "kept"]
    await town.replay(f"claim-{agreed}")
    await town.replay(f"agreement-{SECOND}")


async def test_one_a_person_ends_lets_its_claims_go_back_to_the_talk(town, agreed):
    async with town.database.transaction() as connection:
        await end_agreement(
            connection, town.policy, FIRST, "Vil betale det hele på én gang.", ANNA, town.today
        )
    await town.settle_down()
    assert await town.value("select state from agreements") == "dissolved"
    await town.until(agreed, "dialogue-1")
    await town.replay(f"claim-{agreed}")
    await town.replay(f"agreement-{FIRST}")


async def test_a_claim_withdrawn_from_it_takes_its_part_along_and_the_rest_is_kept(town):
    first, second = [await town.open(claim_type="invoice") for _ in range(2)]
    await town.until(first, "dialogue-0")
    await town.agree(first, "dialogue-0", months=3, others=(second,))
    await town.withdraw(second)
    assert await sums_up(town)
    await town.pay(first)
    assert await town.ending(first) == "paid"
    assert await town.value("select state from agreements") in {"kept", "dissolved"}


async def _until_reminded(town):
    for _ in range(60):
        if await town.acts(FIRST):
            break
        await town.sleep(2)
    assert await town.acts(FIRST) == ["reminder-1"]
