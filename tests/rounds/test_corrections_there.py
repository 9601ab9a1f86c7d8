"""A claim at the recovery authority is corrected by a person: here, there, and in both books."""

from datetime import timedelta

import pytest

from domain.claim import Stage
from domain.errors import Conflict, Invalid
from domain.money import Money
from domain.orders import Transfer
from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.books import Moved
from gateways.recovery_authority.sandbox import RecoveryBehaviour
from persistence.money.placing_by_hand import place_by_hand
from persistence.money.undoing import charge_back, undo_placing
from persistence.recovery.correcting import Correction, correct_there
from persistence.recovery.dossiers import read_handover
from persistence.recovery.moves import our_books
from persistence.recovery.recalling import Recall, recall_claim
from tests.builders import CPR_NUMBERS, a_debtor
from tests.proofs import make_ready
from tests.stories.town import ANNA, move_in

QUIET = RecoveryBehaviour(share_returned=0, share_written_off=0, days_between_payouts=900,
                          days_to_end=1000)  # fmt: skip
K = ActionKind


class Desk:
    """A claim of a thousand kroner that lies there, and a caseworker before it."""

    def __init__(self, house, now) -> None:
        self.house, self.now = house, now
        self.authority = house.gateways.recovery_authority
        self.authority.behave(QUIET)

    async def open(self, **facts):
        await move_in(self.house.database)
        self.claim = await self.house.transfer(**({"kroner": 1000} | facts))
        await self.exchange()
        await self.exchange(2)

    async def exchange(self, days=0):
        self.now += timedelta(days=days)
        self.house.day = self.now.date()
        while await self.house.exchange.read_notices(self.now):
            pass
        while await self.house.exchange.submit_actions(self.now):
            pass

    async def correct(self, kind, kroner=0, undoes=None, reference=None):
        wish = Correction(kind, "Barnet var meldt ud", reference or self.claim,
                          Money.kroner(kroner), undoes)  # fmt: skip
        async with self.house.database.transaction() as connection:
            return await correct_there(
                connection, self.house.policy, self.claim, wish, self.house.day, ANNA
            )

    async def recall(self, reason):
        async with self.house.database.transaction() as connection:
            wish = Recall(reason, "En skyldner skal til")
            await recall_claim(connection, self.claim, wish, self.house.day, ANNA)
        for days in (0, 2):
            await self.exchange(days)

    async def owed(self):
        return await self.house.value(
            "select balance_ore from claims where id = :id", id=self.claim
        )

    async def left(self):
        """What lies there, as both see it."""
        lines = await self.authority.statement(self.now.date(), self.now)
        theirs = {one.reference: one for one in lines}[self.claim]
        async with self.house.database.transaction() as connection:
            ours = (await our_books(connection, self.now.date()))[self.claim]
        assert ours == Moved(*(Money(ore) for ore in (
            theirs.came_ore, theirs.recalled_ore, theirs.down_ore, theirs.up_ore,
            theirs.recovered_ore)))  # fmt: skip
        left = "select left_ore from recovery_claims where reference = :claim"
        assert await self.house.value(left, claim=self.claim) == ours.left.ore
        return ours.left.ore

    async def state(self, number):
        found = "select state from recovery_actions where id = :id"
        return await self.house.value(found, id=number)

    async def letters_arrive(self):
        await self.house.change(
            "update letters set state = 'delivered', dispatched_on = planned_on,"
            " delivered_on = planned_on where key like 'raise-%'"
        )

    async def pay(self, kroner):
        await self.house.pay(self.claim, kroner)
        return await self.house.value("select max(id) from payments")

    async def actions(self):
        rows = await self.house.rows("select kind, state from recovery_actions order by id")
        return [kind for kind, state in rows if state == "executed"]


@pytest.fixture
async def desk(house, monday):
    at = Desk(house, monday)
    await at.open()
    return at


async def test_what_was_too_much_is_taken_off_here_and_there_and_may_be_undone_once(desk):
    owed = await desk.owed()
    number = await desk.correct(K.WRITE_DOWN, 300)
    assert await desk.owed() == owed - 30_000, "at once: it is not owed"
    await desk.exchange()
    await desk.exchange(2)
    assert (await desk.state(number), await desk.left()) == ("executed", 70_000)
    [action] = desk.authority.deliveries()[-1].actions
    assert (action.reason, action.effective_on) == ("REGU", None)
    await desk.correct(K.UNDO_CORRECTION, undoes=number)
    assert await desk.owed() == owed
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 100_000
    with pytest.raises(Invalid, match="recovery-code-429"):
        await desk.correct(K.UNDO_CORRECTION, undoes=number)


async def test_a_raise_waits_until_each_debtor_has_been_reminded_and_notified(desk):
    owed = await desk.owed()
    number = await desk.correct(K.RAISE, 200)
    assert await desk.owed() == owed + 20_000
    for days in (0, 2, 20, 2):
        await desk.exchange(days)
    assert (await desk.state(number), await desk.left()) == ("requested", 100_000)
    await desk.letters_arrive()
    await desk.exchange()
    await desk.exchange(2)
    assert (await desk.state(number), await desk.left()) == ("executed", 120_000)
    letter = "select letter, facts ->> 'raised_ore' from letters where key like 'raise-%'"
    assert await desk.house.rows(letter) == [("transfer-notice", "20000")]
    await desk.correct(K.UNDO_RAISE, undoes=number)
    await desk.exchange()
    await desk.exchange(2)
    assert (await desk.owed(), await desk.left()) == (owed, 100_000)


async def test_its_time_must_be_out_before_a_raise_is_sent(desk):
    number = await desk.correct(K.RAISE, 200)
    await desk.letters_arrive()
    await desk.exchange(2)
    assert await desk.state(number) == "requested"
    await desk.exchange(20)
    assert await desk.state(number) == "submitted"


async def test_the_letter_about_a_raise_leaves_though_the_claim_lies_there(desk):
    await desk.correct(K.RAISE, 200)
    await desk.house.empty(desk.now)
    letter = "select state, days, body from letters where key like 'raise-%'"
    [(state, days, body)] = await desk.house.rows(letter)
    assert (state, days) == ("dispatched", 14)
    assert "1.200,00" in body, "what is owed now"


async def test_a_raise_that_has_not_left_is_called_off_without_a_word_to_the_authority(desk):
    owed, sent = await desk.owed(), len(desk.authority.sent())
    number = await desk.correct(K.RAISE, 200)
    with pytest.raises(Conflict):
        await desk.correct(K.RAISE, 100)
    await desk.correct(K.UNDO_RAISE, undoes=number)
    assert (await desk.owed(), await desk.state(number)) == (owed, "dropped")
    await desk.exchange(30)
    assert len(desk.authority.sent()) == sent
    assert await desk.house.value("select state from letters where key like 'raise-%'") == (
        "cancelled"
    )


async def test_the_right_principal_is_told_and_moves_no_balance(desk):
    owed = await desk.owed()
    await desk.correct(K.RAISE_PRINCIPAL, 1500)
    await desk.exchange()
    await desk.exchange(2)
    assert (await desk.owed(), await desk.left()) == (owed, 100_000)
    [action] = desk.authority.deliveries()[-1].actions
    assert action.claim.principal == Money.kroner(1500)
    with pytest.raises(Invalid, match="amount: recovery-code-510") as refused:
        await desk.correct(K.RAISE_PRINCIPAL, 1500)
    assert refused.value.faults[0].values == {"code": "510"}


@pytest.mark.parametrize(
    ("kind", "kroner", "code"),
    [
        (K.WRITE_DOWN, 1001, "SALDO"),  # GST 03: never more than the balance
        (K.RAISE_PRINCIPAL, 1000, "510"),
        (K.RAISE_PRINCIPAL, 900, "510"),
    ],
)
async def test_what_the_authority_would_refuse_is_refused_before_anything_is_booked(
    desk, kind, kroner, code
):
    owed = await desk.owed()
    with pytest.raises(Invalid) as refused:
        await desk.correct(kind, kroner)
    assert [fault.values for fault in refused.value.faults] == [{"code": code}]
    assert (await desk.owed(), await desk.actions()) == (owed, ["create"])


async def test_interest_is_not_raised_but_may_be_taken_off(house, monday):
    desk = Desk(house, monday)
    await desk.open(due=monday.date() - timedelta(days=70))
    interest = "select reference, left_ore from recovery_claims where part = 'interest'"
    [(reference, ore), *_] = await house.rows(interest)
    with pytest.raises(Invalid) as refused:
        await desk.correct(K.RAISE, 1, reference=reference)
    assert refused.value.faults[0].values == {"code": "474"}
    owed = await desk.owed()
    await desk.correct(K.WRITE_DOWN, 1, reference=reference)
    assert await desk.owed() == owed - 100
    await desk.exchange()
    await desk.exchange(2)
    left = "select left_ore from recovery_claims where reference = :of"
    assert await house.value(left, of=reference) == ore - 100


async def test_one_thing_at_a_time(desk):
    await desk.correct(K.WRITE_DOWN, 100)
    with pytest.raises(Conflict):
        await desk.correct(K.WRITE_DOWN, 100)
    await desk.exchange()
    with pytest.raises(Conflict):
        await desk.correct(K.RAISE_PRINCIPAL, 2000)


async def test_a_claim_that_is_ours_is_corrected_otherwise(house, monday):
    desk = Desk(house, monday)
    await desk.open()
    await house.change("update claims set stage = :stage", stage=Stage.DIALOGUE.value)
    with pytest.raises(Conflict):
        await desk.correct(K.WRITE_DOWN, 100)


async def test_all_of_it_taken_off_settles_the_claim(desk):
    await desk.correct(K.WRITE_DOWN, 1000)
    await desk.exchange()
    await desk.exchange(2)
    told = "select payload ->> 'kind' from outbox where name = 'news_arrived' order by id"
    assert [kind for (kind,) in await desk.house.rows(told)] == ["executed", "settled"]


async def test_money_that_bounces_and_is_placed_again_is_told_each_time(desk):
    payment = await desk.pay(400)
    await desk.exchange()
    await desk.exchange(2)
    await take_off(desk, payment)
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 100_000
    await put_back(desk, payment)
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 60_000
    await take_off(desk, payment)
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 100_000
    assert (await desk.actions())[1:] == ["write-down", "write-up", "undo-write-up", "write-up"]


async def test_what_is_put_back_before_it_was_told_is_not_told(desk):
    payment = await desk.pay(400)
    await desk.exchange()
    await desk.exchange(2)
    await take_off(desk, payment)
    await put_back(desk, payment)
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 60_000
    assert (await desk.actions())[1:] == ["write-down"]


async def test_a_payment_that_bounces_in_two_parts_is_taken_back_in_two(desk):
    payment = await desk.pay(400)
    await desk.exchange()
    await desk.exchange(2)
    for number, kroner in enumerate((150, 250)):
        async with desk.house.database.transaction() as connection:
            await charge_back(
                connection, desk.house.policy, payment, Money.kroner(kroner), f"back-{number}",
                desk.house.day, ANNA.id,
            )  # fmt: skip
        for days in (0, 2, 2):
            await desk.exchange(days)
    assert await desk.left() == 100_000
    assert await desk.owed() == 100_000


async def take_off(desk, payment):
    async with desk.house.database.transaction() as connection:
        await undo_placing(
            connection, desk.house.policy, payment, desk.claim, desk.house.day, ANNA.id
        )


async def put_back(desk, payment):
    async with desk.house.database.transaction() as connection:
        await place_by_hand(
            connection, desk.house.policy, payment, desk.claim, None, ANNA, desk.now
        )


async def test_who_is_added_and_all_others_are_notified_before_it_goes_once_more(house, monday):
    """GST 03: HAFT, and the claim comes again under its old number."""
    desk = Desk(house, monday)
    await desk.open(debtors=(a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen")))
    await desk.recall(ActionReason.HAFT)
    async with house.database.transaction() as connection:
        handover = await read_handover(connection, house.policy, desk.claim, house.day)
    dossier = handover.dossier
    lacking = [(one.requirement, one.debtor_id) for one in dossier.missing]
    assert lacking == [("notified", 1), ("notified", 2)], "they were, before it came back"
    assert dossier.awaits_notice, "and the story does so by itself"
    desk.now += timedelta(days=40)
    house.day = desk.now.date()
    async with house.database.transaction() as connection:
        await make_ready(connection, desk.claim, house.day)
    order = Transfer(desk.claim, "transfer-1-0", house.day)
    assert (await house.acts.transfer(order)).is_done
    await desk.exchange()
    [action] = desk.authority.deliveries()[-1].actions
    assert (action.kind, action.undoes) == (K.RESEND, desk.claim)
    assert len(action.claim.liabilities) == 2


async def test_what_waits_to_be_raised_comes_back_when_the_rest_is_settled(desk):
    owed = await desk.owed()
    await desk.correct(K.RAISE, 200)
    await desk.pay(1000)
    await desk.exchange()
    await desk.exchange(2)
    await desk.exchange(2)
    told = "select payload ->> 'kind' from outbox where name = 'news_arrived' order by id"
    assert [kind for (kind,) in await desk.house.rows(told)] == ["executed", "returned"]
    assert await desk.owed() == owed - 80_000
    stage = "select stage from claims"
    assert await desk.house.value(stage) == "dialogue"


async def test_a_raise_that_was_refused_and_is_asked_anew_needs_no_second_letter(desk):
    number = await desk.correct(K.RAISE, 200)
    await desk.letters_arrive()
    await desk.house.change("update recovery_claims set state = 'returned'")
    await desk.exchange(20)
    assert await desk.state(number) == "rejected"
    await desk.house.change("update recovery_claims set state = 'received'")
    await desk.house.change("update tasks set state = 'decided' where kind = 'exception'")
    await desk.house.change(
        "insert into decisions (task_id, outcome, reasons, decided_by, decided_at)"
        " select id, 'retry', 'igen', 'anna', now() from tasks where kind = 'exception'"
    )
    await desk.exchange()
    await desk.exchange(2)
    assert await desk.left() == 120_000
