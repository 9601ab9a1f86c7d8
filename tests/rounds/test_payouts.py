"""Money is paid back once, only when it may be, and is a question again when it comes back."""

import asyncio
from datetime import timedelta

import pytest

from activities.payouts import PayoutActivities
from domain.authority import Actor, Role
from domain.decisions import Outcome, TaskKind
from domain.errors import GatewayUnavailable, Invalid, NotAllowed
from domain.money import Money
from gateways.nemkonto.sandbox import NemKontoBehaviour
from persistence.money.refunding import NewRefund, propose_refund
from persistence.money.undoing import charge_back
from persistence.tasks.deciding import NewDecision, decide

FIE, FINN = Actor("fie", Role.FINANCE), Actor("finn", Role.FINANCE)


class DyingNemKonto:
    """Takes the payout, and then the worker is dead before it can write that down."""

    def __init__(self, real):
        self.real = real

    async def pay(self, payout, now):
        await self.real.pay(payout, now)
        raise asyncio.CancelledError


@pytest.fixture
def desk(house, monday):
    return Desk(house, monday)


class Desk:
    def __init__(self, house, monday):
        self.house, self.monday = house, monday
        self.acts = self.paying(house.gateways.nemkonto)

    def paying(self, nemkonto):
        return PayoutActivities(self.house.database, self.house.policy, nemkonto)

    async def overpaid(self, kroner):
        """A payment of which so much is too much."""
        await self.house.change(
            """insert into users (id, name, role, token_sha256)
            values ('fie', 'Fie', 'finance', 'f'), ('finn', 'Finn', 'finance', 'n')
            on conflict do nothing"""
        )
        claim = await self.house.register(kroner=100)
        await self.house.pay(claim, 100 + kroner)
        return await self.house.value("select max(id) from payments")

    async def propose(self, payment, kroner):
        wish = NewRefund(payment, Money.kroner(kroner), "Betalt for meget.")
        async with self.house.database.transaction() as connection:
            return await propose_refund(connection, self.house.policy, wish, FIE, self.house.day)

    async def answer(self, by, outcome=Outcome.APPROVED):
        task = await self.house.value(
            "select id from tasks where kind = :kind and state = 'open'",
            kind=TaskKind.REFUND_APPROVAL.value,
        )
        async with self.house.database.transaction() as connection:
            await decide(
                connection, self.house.policy, task, NewDecision(outcome, "Set."), by,
                self.monday, self.house.day,
            )  # fmt: skip

    async def send(self, acts=None):
        return await (acts or self.acts).send(self.monday)

    async def hear(self, days=1):
        await self.acts.read_receipts(self.monday + timedelta(days=days))

    async def stands(self):
        """States of refunds, what left in all, what is unplaced, open questions."""
        return (
            [s for (s,) in await self.house.rows("select state from refunds order by id")],
            await self.house.value("select coalesce(sum(amount_ore), 0)::bigint from payouts"),
            await self.house.value("select sum(unused_ore)::bigint from payments"),
            [k for (k,) in await self.house.rows(
                "select kind from tasks where state = 'open' order by id")],
        )  # fmt: skip


async def test_a_small_refund_leaves_at_once_and_the_question_is_closed(desk):
    payment = await desk.overpaid(300)
    assert await desk.stands() == ([], 0, 30_000, ["unplaced-payment"])
    assert (await desk.propose(payment, 300))[1] == "approved"
    assert await desk.send() == 1
    assert await desk.stands() == (["sent"], 30_000, 0, [])
    await desk.hear()
    assert await desk.stands() == (["paid"], 30_000, 0, [])
    assert await desk.send() == 0


async def test_a_large_refund_waits_for_a_second_person(desk):
    payment = await desk.overpaid(900)
    assert (await desk.propose(payment, 900))[1] == "proposed"
    assert await desk.send() == 0
    with pytest.raises(NotAllowed):
        await desk.answer(FIE)
    await desk.answer(FINN)
    assert await desk.send() == 1
    assert (await desk.stands())[:3] == (["sent"], 90_000, 0)


async def test_a_refund_that_is_refused_leaves_the_question_open(desk):
    payment = await desk.overpaid(900)
    await desk.propose(payment, 900)
    await desk.answer(FINN, Outcome.REFUSED)
    assert await desk.send() == 0
    assert await desk.stands() == (["refused"], 0, 90_000, ["unplaced-payment"])


async def test_money_that_came_back_is_a_question_again(desk):
    desk.house.gateways.nemkonto.behave(NemKontoBehaviour(share_without=1))
    payment = await desk.overpaid(300)
    await desk.propose(payment, 300)
    await desk.send()
    await desk.hear()
    assert await desk.stands() == (["rejected"], 0, 30_000, ["unplaced-payment"])
    await desk.hear(2)
    assert (await desk.stands())[1] == 0


async def test_the_same_money_is_not_promised_twice(desk):
    payment = await desk.overpaid(300)
    await desk.propose(payment, 200)
    with pytest.raises(Invalid):
        await desk.propose(payment, 200)
    await desk.propose(payment, 100)


async def test_a_worker_killed_after_sending_pays_once(desk):
    payment = await desk.overpaid(300)
    await desk.propose(payment, 300)
    with pytest.raises(asyncio.CancelledError):
        await desk.send(desk.paying(DyingNemKonto(desk.house.gateways.nemkonto)))
    assert await desk.stands() == (["leaving"], 30_000, 0, [])
    await desk.send()
    await desk.hear()
    assert await desk.stands() == (["paid"], 30_000, 0, [])
    assert len(desk.house.gateways.nemkonto.paid()) == 1


async def test_while_nemkonto_is_away_nothing_is_lost(desk):
    payment = await desk.overpaid(300)
    await desk.propose(payment, 300)
    desk.house.gateways.nemkonto.behave(NemKontoBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await desk.send()
    assert await desk.stands() == (["leaving"], 30_000, 0, [])
    desk.house.gateways.nemkonto.behave(NemKontoBehaviour())
    await desk.send()
    assert (await desk.stands())[0] == ["sent"]


async def test_money_that_bounces_before_it_left_is_not_paid_back_as_well(desk):
    small, large = await desk.overpaid(300), await desk.overpaid(900)
    await desk.propose(small, 300)
    await desk.propose(large, 900)
    for payment, kroner in ((small, 400), (large, 1000)):
        async with desk.house.database.transaction() as connection:
            await charge_back(
                connection, desk.house.policy, payment, Money.kroner(kroner), f"b-{payment}",
                desk.house.day, "bank",
            )  # fmt: skip
    assert await desk.send() == 0
    assert await desk.stands() == (["refused", "refused"], 140_000, 0, [])
    assert desk.house.gateways.nemkonto.paid() == {}


async def test_two_who_promise_the_same_money_at_once_promise_it_once(desk):
    payment = await desk.overpaid(300)
    found = await asyncio.gather(
        *(desk.propose(payment, 300) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, tuple) for one in found) == 1
    assert await desk.house.value("select sum(amount_ore)::bigint from refunds") == 30_000
