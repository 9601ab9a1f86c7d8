"""What the authority pays out, adds and sends back: kept, held against what it told, and shown."""

from datetime import date, timedelta

from domain.money import Money
from gateways.ports import NoticeKind
from gateways.recovery_authority.paying_out import payout_day
from gateways.recovery_authority.sandbox import RecoveryBehaviour
from persistence.recovery.payouts import read_interest, read_payouts, read_unpaid
from tests.rounds.test_exchange import ScriptedAuthority, exchange, unclear

RECOVERING = RecoveryBehaviour(share_returned=0, share_written_off=0, days_to_end=100,
                               share_recovered=0.2)  # fmt: skip


async def live(house, monday, days):
    for day in range(days):
        await exchange(house, monday + timedelta(days=day))


async def test_the_months_coverages_are_paid_out_on_its_last_working_day_to_the_ore(house, monday):
    house.gateways.recovery_authority.behave(RECOVERING)
    for kroner in (1000, 700):
        await house.transfer(kroner=kroner)
    await live(house, monday, 75)
    async with house.database.transaction() as connection:
        april, march = await read_payouts(connection, 12)
        unpaid = await read_unpaid(connection)
    assert [row["paid_on"] for row in (march, april)] == [date(2026, 3, 31), date(2026, 4, 30)]
    assert all(row["amount_ore"] == row["covered_ore"] > 0 for row in (march, april))
    booked = "select -sum(amount_ore) from ledger_entries where kind = 'payment'"
    paid = Money(march["amount_ore"] + april["amount_ore"])
    assert paid + unpaid == Money(int(await house.value(booked)))
    assert await house.rows("select id from tasks") == []


def test_a_payout_comes_on_a_working_day():
    assert payout_day(date(2026, 5, 3)) == date(2026, 5, 29), "the 30th and 31st are a weekend"
    assert payout_day(date(2026, 5, 31)) == date(2026, 6, 30)


async def test_a_payout_that_is_not_what_was_recovered_is_asked_about(house, monday):
    claim = await house.transfer(kroner=1000)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    authority.will_tell(claim, NoticeKind.PAID, ore=10_000)
    authority.will_tell("", NoticeKind.PAYOUT, ore=9_000)
    authority.will_tell(claim, NoticeKind.PAID, ore=5_000)
    authority.will_tell("", NoticeKind.PAYOUT, ore=5_000)
    await exchange(house, monday, authority)
    await exchange(house, monday, authority)
    assert await unclear(house) == [("payout", None, None)]
    kept = "select amount_ore, covered_ore from recovery_payouts order by notice"
    assert await house.rows(kept) == [(9_000, 10_000), (5_000, 5_000)]


async def test_the_authoritys_own_interest_is_kept_and_is_no_debt_to_us(house, monday):
    house.gateways.recovery_authority.behave(RECOVERING)
    await house.transfer(kroner=1000)
    owed = await house.value("select balance_ore from claims")
    await live(house, monday, 65)
    async with house.database.transaction() as connection:
        told = await read_interest(connection, 12)
    assert [(row["month"], row["claims"], row["ore"]) for row in told] == [
        (date(2026, 4, 1), 1, 479),  # 5.75 % of 1000 kr. for a month
        (date(2026, 3, 1), 1, 479),
    ]
    paid = "select coalesce(sum(amount_ore), 0) from ledger_entries where kind = 'payment'"
    assert await house.value("select balance_ore from claims") == owed + int(
        await house.value(paid)
    )


async def test_what_is_older_than_three_months_is_gone_and_a_person_reconciles(house, monday):
    house.gateways.recovery_authority.behave(RECOVERING)
    await house.transfer(kroner=1000)
    await exchange(house, monday)
    later = monday + timedelta(days=140)
    house.day = later.date()
    await house.gateways.recovery_authority.statement(later.date(), later)
    await exchange(house, later)
    [(kind, claim, _)] = [row for row in await unclear(house) if row[0] == "missed"]
    assert (kind, claim) == ("missed", None)
    text = "select text from recovery_notices where kind = 'missed'"
    assert (await house.value(text)).startswith("1–")
    assert await house.value("select count(*) from recovery_notices where number > 1") > 0
