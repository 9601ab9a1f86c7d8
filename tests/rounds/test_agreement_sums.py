"""Whatever befalls an agreement's claims, in whatever order: its plan sums to what they owe."""

from datetime import timedelta
from random import Random

import pytest

from domain.authority import HOUSE
from domain.calendar import start_of
from domain.claim import Ending
from domain.decisions import TaskKind
from domain.money import Money
from domain.orders import AskPerson, Close
from domain.record import AgreementOutcome
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back, undo_placing
from tests.rounds.test_agreements_kept import (
    agree,
    agree_on,
    plan,
    remind,
    take_up,
    try_to_close,
)
from tests.stories.town import ANNA

STEPS = 30
NOW = "select max(id) from agreements"
SUMS = """
select g.state, g.paid_ore, (select max(total_ore) from instalments where agreement_id = g.id),
  (select sum(amount_ore) from instalments where agreement_id = g.id)::bigint,
  (select min(amount_ore) from instalments where agreement_id = g.id),
  (select sum(balance_ore) from claims where agreement_id = g.id and ending is null)::bigint
from agreements g where g.id = (select max(id) from agreements)"""
CAME = """
select coalesce(-sum(e.amount_ore), 0)::bigint from ledger_entries e join agreement_claims k
  on k.claim_id = e.claim_id where k.agreement_id = (select max(id) from agreements)
  and e.kind in ('payment', 'charge-back', 'refund') and e.payment_id > :before"""


class Fate:
    """What happens to the claims of one agreement, day by day, by a seed."""

    def __init__(self, house, claims, seed):
        self.house, self.claims, self.by = house, claims, Random(seed)
        self.day, self.number, self.placed = house.day, 0, {}
        self.before = 0
        self.told = []

    async def step(self):
        self.day += timedelta(days=self.by.randint(0, 12))
        act = self.by.choice(
            [self.pay, self.pay, self.pay_late, self.bounce, self.undo, self.remind, self.unsend,
             self.charge, self.settle, self.take_up]
        )  # fmt: skip
        self.told.append((self.day.isoformat(), act.__name__))
        await act()

    async def pay(self, days=0, ore=None):
        self.number += 1
        claim = self.by.choice(self.claims)
        amount = Money(ore or self.by.choice([1, 99, 5_000, 10_000, 30_000, 45_050]))
        paid_on = self.day - timedelta(days=days)
        payment = NewPayment(f"p-{self.number}", amount, paid_on, self.day, claim_id=claim)
        async with self.house.database.transaction() as connection:
            booked = await book_payment(connection, self.house.policy, payment, self.day, HOUSE.id)
        self.placed[booked.payment_id] = amount

    async def pay_late(self):
        """The bank's value date lies before what was charged since."""
        await self.pay(days=self.by.randint(1, 60))

    async def bounce(self):
        if self.placed:
            payment = self.by.choice(sorted(self.placed))
            async with self.house.database.transaction() as connection:
                await charge_back(
                    connection, self.house.policy, payment, self.placed.pop(payment),
                    f"b-{payment}", self.day, HOUSE.id,
                )  # fmt: skip

    async def undo(self):
        """It lay on the wrong claim, or on the wrong debtor's."""
        if self.placed:
            payment = self.by.choice(sorted(self.placed))
            for claim in self.claims:
                async with self.house.database.transaction() as connection:
                    await undo_placing(
                        connection, self.house.policy, payment, claim, self.day, HOUSE.id
                    )

    async def remind(self):
        """With its fee, where one may be charged."""
        number = self.by.randint(1, 3)
        if await self.house.value("select state from agreements order by id desc") == "active":
            key = await self.house.value(NOW)
            await remind(self.house, self.day, number, agreement=key)

    async def unsend(self):
        """Letters leave, or are cancelled with their fee, as it stands."""
        await self.house.empty(start_of(self.day) + timedelta(hours=9))

    async def charge(self):
        """Interest and a late correction, as by a claim that bears interest in its plan."""
        await self.pay(days=self.by.randint(30, 90), ore=self.by.randint(1, 40_000))

    async def settle(self):
        """A claim that is paid, or was wrong, ends by its story."""
        claim = self.by.choice(self.claims)
        balance, ending = (
            await self.house.rows("select balance_ore, ending from claims where id = :id", id=claim)
        )[0]
        if ending is None and (balance <= 0 or self.by.random() < 0.15):
            if balance > 0:
                await self.house.change(
                    "update claims set is_withdrawn = true where id = :id", id=claim
                )
            ended = Ending.WITHDRAWN if balance > 0 else Ending.PAID
            order = Close(claim, f"close-{self.number}", self.day, ending=ended)
            await self.house.acts.close(order)

    async def take_up(self):
        """Broken, talked about, and taken up again with a new plan."""
        number = await self.house.value(NOW)
        found = "select state from agreements where id = :id"
        if await self.house.value(found, id=number) != "active":
            return
        open_ = "select id from claims where agreement_id = :id and balance_ore > 20000 order by id"
        alive = [claim for (claim,) in await self.house.rows(open_, id=number)]
        if not alive or self.by.random() < 0.5:
            return
        if not (await try_to_close(self.house, AgreementOutcome.BROKEN, self.day, number)).is_done:
            return
        key = f"dialogue-{self.number}-{number}"
        order = AskPerson(alive[0], key, self.day, kind=TaskKind.DIALOGUE)
        verdict = await self.house.acts.ask_person(order)
        assert verdict.is_done, verdict
        self.before = await self.house.value("select coalesce(max(id), 0) from payments")
        await take_up(
            self.house, start_of(self.day) + timedelta(hours=9), self.day, agreement=number,
            first_due=self.day + timedelta(days=14), monthly=Money.kroner(300),
        )  # fmt: skip


async def check(fate):
    [(state, paid, total, parts, least, owed)] = await fate.house.rows(SUMS)
    if state != "active" or owed is None:
        return
    assert total - paid == owed, fate.told
    assert parts == total, fate.told
    assert least >= 0, fate.told
    assert paid >= 0, fate.told
    assert paid == await fate.house.value(CAME, before=fate.before), fate.told


@pytest.mark.parametrize("bears_interest", [False, True])
@pytest.mark.parametrize("seed", range(6))
async def test_after_each_step_of_any_life_the_plan_sums_to_what_is_owed(
    house, monday, seed, bears_interest
):
    claims = await agree(house, monday, 600, 300)
    await house.change("update agreements set bears_interest = :so", so=bears_interest)
    fate = Fate(house, claims, seed)
    for _ in range(STEPS):
        await fate.step()
        await check(fate)


async def test_money_from_before_it_was_signed_that_bounces_is_added_to_the_plan(house, monday):
    claims = [await house.register(claim_type="invoice", kroner=900)]
    await house.pay(claims[0], 100)
    payment = await house.value("select id from payments")
    house.day += timedelta(days=1)
    await house.change(
        "insert into users (id, name, role, token_sha256) values ('anna', 'Anna', 'caseworker', '')"
    )
    await agree_on(house, monday + timedelta(days=1), claims)
    owed = await house.value("select balance_ore from claims")
    assert sum(await plan(house)) == owed
    await house.pay(claims[0], 300)
    async with house.database.transaction() as connection:
        await charge_back(
            connection, house.policy, payment, Money.kroner(100), "late", house.day, ANNA.id
        )
    [(_, paid, total, *_rest, now)] = await house.rows(SUMS)
    assert paid == 30_000  # what came before is not the plan's: only what is owed is
    assert now > owed + 10_000 - 30_000
    assert total - paid == now


async def test_a_claim_that_was_paid_and_is_owed_again_is_in_the_plan_again(house, monday):
    claims = await agree(house, monday, 600, 300)
    await house.pay(claims[1], 300)
    assert (
        await house.acts.close(Close(claims[1], "close", house.day, ending=Ending.PAID))
    ).is_done
    payment = await house.value("select id from payments")
    async with house.database.transaction() as connection:
        await charge_back(
            connection, house.policy, payment, Money.kroner(300), "bounce", house.day, ANNA.id
        )
    [(_, paid, total, *_rest, owed)] = await house.rows(SUMS)
    assert (paid, total - paid, owed) == (0, 90_000, 90_000)
