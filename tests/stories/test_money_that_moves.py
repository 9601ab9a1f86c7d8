"""Money that bounced, or that came before we knew: what it does to a claim's life."""

from datetime import date, timedelta

from domain.authority import HOUSE
from domain.dated import Dated, Entry
from domain.decisions import Outcome
from domain.house_rules import StatementRule
from domain.money import Money
from persistence.money.booking import NewPayment, book_payment

OPEN = "select balance_ore from claims where id = :id"


async def test_a_paid_claim_lives_on_when_its_payment_bounces(town):
    claim = await town.open()
    payment = await town.pay_ore(claim, await town.value(OPEN, id=claim))
    assert await town.ending(claim) == "paid"
    await town.sleep(3)
    await town.bounce(payment)
    assert await town.ending(claim) is None
    assert await town.value(OPEN, id=claim) == 100_000
    await town.until(claim, "first-reminder")
    await town.pay(claim)
    assert await town.ending(claim) == "paid"
    assert await town.acts(claim) == ["demand", "close", "reopened-1", "first-reminder", "close-1"]
    await town.replay(f"claim-{claim}")


async def test_money_that_bounces_before_the_story_could_close_does_not_close_it(town):
    claim = await town.open()
    payment = NewPayment("b", Money(100_000), town.today, town.today, claim_id=claim)
    async with town.database.transaction() as connection:
        booked = await book_payment(connection, town.policy, payment, town.today, HOUSE.id)
    await town.bounce(booked.payment_id)
    assert await town.ending(claim) is None
    assert await town.acts(claim) == ["demand", "close", "reopened-1"]
    assert await town.value(OPEN, id=claim) == 100_000
    await town.until(claim, "first-reminder")
    await town.replay(f"claim-{claim}")


async def test_a_question_that_was_called_off_is_asked_again(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    payment = await town.pay_ore(claim, await town.value(OPEN, id=claim))
    assert await town.ending(claim) == "paid"
    await town.sleep(2)
    await town.bounce(payment)
    assert await town.values("select state from tasks where key = 'dialogue-0'") == ["open"]
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)
    assert (await town.acts(claim))[-1] == "assessment-0"
    await town.bounce(payment)
    assert (await town.acts(claim))[-1] == "assessment-0"


async def test_an_instalment_that_bounces_is_missing_again(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    first = await town.value("select total_ore from instalments order by number limit 1")
    payment = await town.pay_ore(claim, first)
    await town.bounce(payment)
    assert await town.value("select paid_ore from agreements") == 0
    await town.sleep(45)
    assert "reminder-1" in await town.acts("A-000001")
    await town.replay("agreement-A-000001")


async def test_who_had_paid_before_the_reminder_pays_neither_fee_nor_interest_for_it(town):
    claim = await town.open()
    due = await town.value("select due_date from claims where id = :id", id=claim)
    await town.until(claim, "first-reminder")
    assert await town.value(OPEN, id=claim) > 100_000
    await town.pay_ore(claim, 100_000, paid_on=due)
    assert await town.ending(claim) == "paid"
    kinds = "select kind, sum(amount_ore)::bigint from ledger_entries group by kind order by kind"
    booked = dict(await town.rows(kinds))
    assert booked["correction"] == -(booked["interest"] + booked["fee"])
    assert booked["payment"] == -100_000
    assert "rounding" not in booked


async def test_a_late_payment_corrects_the_interest_others_have_paid(town):
    """Half is paid on the due date, but told after the interest of two months was paid."""
    claim = await town.open()
    due = await town.value("select due_date from claims where id = :id", id=claim)
    await town.until(claim, "second-reminder")
    charged = await town.value(OPEN, id=claim) - 100_000
    await town.pay_ore(claim, charged)
    posted = await town.value(
        "select sum(amount_ore)::bigint from ledger_entries where kind='interest'"
    )
    await town.pay_ore(claim, 50_000, paid_on=due)
    net = await town.value(
        """select sum(amount_ore)::bigint from ledger_entries e where kind = 'interest'
        or kind = 'correction' and corrects_id in
          (select id from ledger_entries where kind = 'interest')"""
    )
    assert net == posted // 2
    assert await town.value(OPEN, id=claim) == 100_000 - 50_000 - (posted - net)
    assert await town.value("select sum(unused_ore)::bigint from payments") == 0


async def test_undoing_a_late_payment_brings_the_interest_back(town):
    claim = await town.open()
    due = await town.value("select due_date from claims where id = :id", id=claim)
    await town.until(claim, "second-reminder")
    before = await town.value(OPEN, id=claim)
    payment = await town.pay_ore(claim, 50_000, paid_on=due - timedelta(days=1))
    assert await town.value(OPEN, id=claim) < before - 50_000
    await town.bounce(payment)
    assert await town.value(OPEN, id=claim) == before


async def test_what_is_paid_on_one_claim_of_an_agreement_goes_on_to_the_others(town):
    first, second = await town.open(kroner=300), await town.open(kroner=900)
    await town.until(first, "dialogue-0")
    await town.agree(first, "dialogue-0", months=2, others=(second,))
    owed = await town.value(OPEN, id=first)
    await town.pay_ore(first, owed + 20_000)
    assert await town.ending(first) == "paid"
    rest = "select -sum(amount_ore)::bigint from ledger_entries where rule = 'agreement'"
    assert await town.value(rest) == 20_000
    assert await town.value(OPEN, id=second) < 100_000
    assert await town.value("select paid_ore from agreements") == owed + 20_000
    assert await town.values("select id from tasks where kind = 'unplaced-payment'") == []


async def test_no_agreement_breaks_while_the_bank_has_not_told_all(town):
    claim = await town.open()
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    await town.sleep(45)
    assert await town.acts("A-000001") == ["reminder-1"]
    rule = StatementRule(("DK5000400440116243",), expected_by_hour=9)
    entry = Entry(date(2026, 1, 1), rule, "prøve")
    object.__setattr__(town.policy, "statements", Dated((entry,)))
    await town.sleep(40)
    assert await town.value("select state from agreements") == "active"
    object.__setattr__(town.policy, "statements", Dated(()))
    await town.sleep(7)
    assert await town.value("select state from agreements") == "broken"
    await town.replay("agreement-A-000001")
