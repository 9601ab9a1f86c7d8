"""Lives of agreements: paid early and too much, held, broken, taken up again, ended by a person."""

from datetime import timedelta

import pytest

from persistence.agreements.ending import end_agreement
from persistence.agreements.keeping import Reinstatement, reinstate
from tests.stories.town import ANNA

FIRST, SECOND = "A-000001", "A-000002"


@pytest.fixture
async def agreed(town):
    """1,000 kroner and what reminders cost, in three instalments."""
    claim = await town.open(claim_type="invoice")
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=3)
    return claim


async def letters(town, agreement=FIRST):
    found = "select letter from letters where subject = :id order by id"
    return await town.values(found, id=agreement)


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


async def test_one_that_is_kept_to_its_end_costs_nothing_and_nobody_is_reminded(town, agreed):
    """No fee while it is kept (ministry 99.8.11); payment is in time until the last instalment."""
    owed = await town.value("select balance_ore from claims")
    plan = await town.rows("select due_on, amount_ore from instalments order by number")
    assert sum(ore for _, ore in plan) == owed
    assert await town.value("select timely_until from claims") == plan[-1][0]
    for due_on, ore in plan:
        await town.sleep_until(due_on - timedelta(days=1))
        await town.pay_ore(agreed, ore)
        assert await sums_up(town) or await town.ending(agreed) == "paid"
    assert await town.ending(agreed) == "paid"
    assert await town.value("select state from agreements") == "kept"
    assert await town.acts(FIRST) == ["close"]
    charged = "select count(*) from ledger_entries where effective_on > :since and kind = 'fee'"
    signed = await town.value("select signed_on from agreements")
    assert await town.value(charged, since=signed) == 0
    assert await letters(town) == ["agreement-confirmation"]
    await town.replay(f"claim-{agreed}")
    await town.replay(f"agreement-{FIRST}")


async def test_one_that_is_missed_goes_down_the_ladder_and_back_to_the_talk(town, agreed):
    """Grace, a reminder with its days, the letter that it is over, and a person who calls."""
    due_on, grace = (await town.rows(
        "select i.due_on, g.grace_days from agreements g join instalments i on true "
        "where i.number = 1"
    ))[0]  # fmt: skip
    await town.sleep_until(due_on + timedelta(days=grace) - timedelta(days=1))
    assert await town.acts(FIRST) == []
    await town.until(agreed, "dialogue-1")
    assert await town.acts(FIRST) == ["reminder-1", "close"]
    wanted = ["agreement-confirmation", "agreement-reminder", "agreement-broken"]
    assert await letters(town) == wanted
    reminded, catch_up = (await town.rows(
        "select a.done_on, a.deadline from acts a where a.key = 'reminder-1'"
    ))[0]  # fmt: skip
    assert due_on + timedelta(days=grace) < reminded < catch_up
    closed = await town.value("select done_on from acts where key = 'close'")
    assert closed > catch_up
    assert await town.value("select timely_until from claims") == due_on
    assert await town.value("select stage from claims") == "dialogue"
    assert await town.value("select state from agreements") == "broken"
    await town.replay(f"claim-{agreed}")
    await town.replay(f"agreement-{FIRST}")


async def test_more_than_an_instalment_makes_the_plan_shorter_and_is_kept(town, agreed):
    first, second, third = await town.values("select amount_ore from instalments order by number")
    await town.pay_ore(agreed, first + second // 2)
    covered = "select count(*) from instalments i join agreements g on i.total_ore <= g.paid_ore"
    assert await town.value(covered) == 1
    await town.sleep_until(await town.value("select due_on from instalments where number = 2"), -24)
    await town.pay_ore(agreed, second - second // 2 + third)
    assert await town.ending(agreed) == "paid"
    assert await town.acts(FIRST) == ["close"]
    await town.replay(f"agreement-{FIRST}")


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
    assert await letters(town) == ["agreement-confirmation", "agreement-ended"]
    told = "select facts -> 'note' ->> 0 from letters where letter = 'agreement-ended'"
    assert await town.value(told) == "Vil betale det hele på én gang."
    await town.pay(agreed)
    assert await town.ending(agreed) == "paid"
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
