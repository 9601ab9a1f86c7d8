"""Betalingsservice: who joins is collected from once, and what came of it is in the books."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from activities.direct_debit import DirectDebitActivities
from domain.calendar import COPENHAGEN, working_days_after
from domain.dated import Dated
from gateways.betalingsservice.gateway import SandboxDirectDebit
from gateways.betalingsservice.sandbox import CollectingBehaviour, SandboxBetalingsservice
from gateways.choose import choose
from persistence.claims.registration import register
from persistence.money.direct_debit import customer_number
from tests.builders import CPR_NUMBERS, a_claim, a_debtor
from tests.files.bank_desk import BankDesk
from tests.files.desk import TODAY
from tests.gateways.bank_files import a_file, an_entry

MONDAY = TODAY
NOW = datetime(2026, 3, 2, 9, tzinfo=COPENHAGEN)
DUE = working_days_after(MONDAY, 8)
COMPLETES = CollectingBehaviour(share_rejected=0, share_charged_back=0)


class DirectDebitDesk(BankDesk):
    kind = "betalingsservice"

    def __init__(self, database, policy, folder, behaviour=COMPLETES):
        super().__init__(database, policy, folder)
        self.gateway = SandboxDirectDebit(folder / "world")
        self.behave(behaviour)

    def behave(self, behaviour):
        self.gateway.sandbox = SandboxBetalingsservice(self.folder / "world", behaviour=behaviour)

    async def claim(self, kroner=1000, due=DUE, cpr=CPR_NUMBERS[0]):
        new = a_claim(kroner=kroner, due=due, debtors=(a_debtor(cpr),))
        async with self.database.transaction() as connection:
            claim = (await register(connection, self.policy, new, TODAY, "a")).claim_id
        [(debtor,)] = await self.rows("select debtor_id from claims where id = :c", c=claim)
        return claim, debtor

    async def join(self, debtor):
        mandate = self.gateway.sandbox.sign_up(customer_number(debtor), MONDAY)
        await self.hear(MONDAY)
        return mandate

    async def hear(self, day):
        """Read what Betalingsservice tells that day."""
        files = self.gateway.sandbox.write_notices(day, self.folder)
        return [await self.read(file.read_bytes()) for file in files]

    async def collect(self, now=NOW, gateway=None):
        acts = DirectDebitActivities(self.database, self.policy, gateway or self.gateway)
        return await acts.collect(now)

    async def collections(self):
        return await self.rows("select amount_ore, due_on, state from collections order by id")


@pytest.fixture
def desk(database, policy, tmp_path):
    return DirectDebitDesk(database, policy, tmp_path)


async def test_who_has_joined_is_collected_from_on_the_due_day(desk):
    _, debtor = await desk.claim()
    await desk.join(debtor)
    assert await desk.collect() == 1
    assert await desk.collections() == [(100_000, DUE, "sent")]
    assert await desk.collect(NOW + timedelta(days=1)) == 0
    [paid] = await desk.hear(DUE)
    assert await desk.balances() == [0]
    assert await desk.outcomes(paid) == ["payment"]
    assert await desk.collections() == [(100_000, DUE, "paid")]
    assert await desk.rows("select channel, unused_ore from payments") == [("betalingsservice", 0)]


async def test_who_has_not_joined_or_has_left_is_not_collected_from(desk):
    _, stays_away = await desk.claim(cpr=CPR_NUMBERS[1])
    _, leaves = await desk.claim()
    mandate = await desk.join(leaves)
    desk.gateway.sandbox.cancel(mandate, MONDAY + timedelta(days=1))
    await desk.hear(MONDAY + timedelta(days=1))
    assert await desk.collect() == 0
    assert stays_away != leaves
    [(ended,)] = await desk.rows("select ended_on from mandates")
    assert ended == MONDAY + timedelta(days=1)


async def test_what_cannot_be_collected_goes_the_ordinary_way(desk):
    _, debtor = await desk.claim()
    await desk.join(debtor)
    desk.behave(replace(COMPLETES, share_rejected=1))
    await desk.collect()
    [file] = await desk.hear(DUE)
    assert await desk.balances() == [100_000]
    assert await desk.outcomes(file) == ["refused"]
    assert await desk.collections() == [(100_000, DUE, "refused")]
    assert "kunne ikke trækkes" in (await desk.told(file))[0][1]


async def test_a_payment_that_is_charged_back_is_owed_again(desk):
    _, debtor = await desk.claim()
    await desk.join(debtor)
    desk.behave(replace(COMPLETES, share_charged_back=1))
    await desk.collect()
    await desk.hear(DUE)
    assert await desk.balances() == [0]
    [back] = await desk.hear(working_days_after(DUE, COMPLETES.days_to_charge_back))
    assert await desk.balances() == [100_000]
    assert await desk.outcomes(back) == ["charge-back"]
    assert await desk.collections() == [(100_000, DUE, "charged-back")]


async def test_a_worker_killed_after_the_delivery_delivers_the_same_again(desk):
    class Dying:
        async def deliver(self, name, content):
            await desk.gateway.deliver(name, content)
            raise asyncio.CancelledError

    _, debtor = await desk.claim()
    await desk.join(debtor)
    with pytest.raises(asyncio.CancelledError):
        await desk.collect(gateway=Dying())
    assert await desk.collections() == [(100_000, DUE, "requested")]
    await desk.collect(NOW + timedelta(days=1))
    assert await desk.collections() == [(100_000, DUE, "sent")]
    await desk.hear(DUE)
    assert await desk.balances() == [0]


async def test_the_same_delivery_in_another_file_books_once(desk):
    _, debtor = await desk.claim()
    await desk.join(debtor)
    await desk.collect()
    [file] = desk.gateway.sandbox.write_notices(DUE, desk.folder)
    await desk.read(file.read_bytes())
    again = await desk.read(file.read_bytes().replace(b"\r\n", b"\n"))
    assert await desk.outcomes(again) == ["known"]
    assert await desk.rows("select count(*) from payments") == [(1,)]


async def test_the_sum_the_bank_pays_for_the_day_is_no_other_money(desk):
    _, debtor = await desk.claim()
    await desk.join(debtor)
    await desk.collect()
    await desk.hear(DUE)
    lump = an_entry(amount="1000.00", booked=f"<Dt>{DUE}</Dt>")
    other = an_entry(amount="999.00", booked=f"<Dt>{DUE}</Dt>")
    bank = BankDesk(desk.database, desk.policy, desk.folder)
    file_id = await bank.read(a_file(lump, other))
    assert await bank.outcomes(file_id) == ["known", "payment"]
    assert await desk.rows("select sum(amount_ore)::bigint from payments") == [(199_900,)]


async def test_a_customer_nobody_knows_is_a_question(desk):
    desk.gateway.sandbox.sign_up("000000000099999", MONDAY)
    [file] = await desk.hear(MONDAY)
    assert await desk.outcomes(file) == ["asked"]
    assert await desk.rows("select kind, facts ->> 'reason' from tasks") == [
        ("unplaced-payment", "direct-debit-stranger")
    ]


async def test_a_delivery_that_is_cut_off_waits_whole(desk):
    _, debtor = await desk.claim()
    desk.gateway.sandbox.sign_up(customer_number(debtor), MONDAY)
    [file] = desk.gateway.sandbox.write_notices(MONDAY, desk.folder)
    file_id = await desk.read(file.read_bytes()[:-200])
    assert (await desk.progress(file_id)).state == "refused"
    assert await desk.rows("select count(*) from mandates") == [(0,)]
    assert await desk.rows("select kind from tasks") == [("bank-file",)]


async def test_a_policy_without_direct_debit_collects_nothing(database, policy, tmp_path):
    desk = DirectDebitDesk(database, replace(policy, direct_debit=Dated(())), tmp_path)
    _, debtor = await desk.claim()
    await desk.join(debtor)
    assert await desk.collect() == 0


def test_the_house_knows_its_way_to_betalingsservice(tmp_path):
    assert isinstance(choose(tmp_path).direct_debit, SandboxDirectDebit)
    assert date(2026, 3, 2) == MONDAY
