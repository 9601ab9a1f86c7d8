"""After whatever life with whatever faults, the authority's books and ours are the same."""

import os
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.claim import Stage
from domain.errors import GatewayUnavailable, Refusal
from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer
from domain.recovery.actions import RECALL_REASONS, ActionKind, ActionReason
from domain.recovery.books import Moved, compare
from domain.recovery.corrections import NEW
from gateways.recovery_authority.sandbox import RecoveryBehaviour
from persistence.claims.standings import read_standing
from persistence.money.placing_by_hand import place_by_hand
from persistence.money.undoing import charge_back, undo_placing
from persistence.recovery.correctable import read_correctable
from persistence.recovery.correcting import Correction, correct_there
from persistence.recovery.moves import our_books
from persistence.recovery.recalling import Recall, recall_claim, request_approval
from tests.proofs import make_ready
from tests.stories.town import ANNA, move_in

LIVES = int(os.environ.get("RETTIDIG_LIVES", "40"))
A_HOUSE = 20
CORRECTED = {*NEW, ActionKind.UNDO_CORRECTION, ActionKind.UNDO_RAISE}
DAYS = 150
FAULTY = RecoveryBehaviour(
    share_rejected=0.15,
    share_in_hearing=0.2,
    share_lost=0.1,
    share_garbled=0.1,
    share_doubled=0.2,
    share_late=0.2,
    share_returned=0.2,
    days_to_end=45,
)


class Killed(BaseException):
    """The worker is dead."""


class Faulty:
    """The authority, but the line or the worker dies now and then, before or after it was heard."""

    def __init__(self, real, chance) -> None:
        self.real, self.chance = real, chance

    async def submit(self, delivery, now):
        self._die(0.03)
        await self.real.submit(delivery, now)
        self._die(0.03)

    async def notices(self, after, now):
        self._die(0.03)
        return await self.real.notices(after, now)

    def _die(self, part):
        draw = self.chance.random()
        if draw < part:
            raise Killed if draw < part / 2 else GatewayUnavailable("recovery-authority")


class Lives:
    """Claims to which anything may happen on any day; the same again for the same seed."""

    def __init__(self, house, seed, monday) -> None:
        self.house, self.chance, self.now = house, random.Random(seed), monday
        self.authority = house.gateways.recovery_authority
        self.authority.behave(replace(FAULTY, seed=seed))
        self.claims, self.payments, self.corrected = [], [], set()

    async def begin(self, count):
        for _ in range(count):
            kroner = self.chance.randrange(100, 3000)
            due = self.house.day - timedelta(days=self.chance.randrange(0, 90))
            claim = await self.house.register(kroner=kroner, due=due)
            await self.house.write(claim, Letter.DEMAND)
            await self._hand_over(claim)
            self.claims.append(claim)

    async def _hand_over(self, claim):
        sent = await self.house.value(
            "select count(*) from recovery_actions where kind = 'create' and claim_id = :claim",
            claim=claim,
        )
        async with self.house.database.transaction() as connection:
            await make_ready(connection, claim, self.house.day)
        await self.house.acts.transfer(Transfer(claim, f"transfer-{sent}", self.house.day))

    async def live(self, days):
        for _ in range(days):
            self.now += timedelta(days=1)
            self.house.day = self.now.date()
            for claim in self.claims:
                if self.chance.random() < 0.08:
                    await self._let_happen(claim)
            await self._answer_questions()
            await self._let_letters_arrive()
            await self._exchange(Faulty(self.authority, self.chance))

    async def _let_happen(self, claim):
        what = self.chance.choice(
            [
                *(self._pay, self._pay, self._bounce, self._take_off, self._place_again),
                *(self._correct, self._correct, self._correct, self._undo, self._undo),
                *(self._recall, self._return),
            ]
        )
        await what(claim)

    async def _pay(self, claim):
        await self.house.pay(claim, self.chance.randrange(1, 900))
        number = await self.house.value("select max(id) from payments")
        self.payments.append((number, claim))

    async def _bounce(self, claim):
        number = self._some_payment(claim)
        if not number:
            return
        ore = await self.house.value("select amount_ore from payments where id = :id", id=number)
        part = Money(self.chance.choice([ore, max(ore // 2, 1)]))
        async with self.house.database.transaction() as connection:
            await charge_back(
                connection, self.house.policy, number, part, f"back-{number}", self.house.day,
                ANNA.id,
            )  # fmt: skip

    async def _take_off(self, claim):
        """A payment turns out to belong elsewhere."""
        if number := self._some_payment(claim):
            async with self.house.database.transaction() as connection:
                await undo_placing(
                    connection, self.house.policy, number, claim, self.house.day, ANNA.id
                )

    async def _place_again(self, claim):
        """And then not."""
        if number := self._some_payment(claim):
            async with self.house.database.transaction() as connection:
                try:
                    await place_by_hand(
                        connection, self.house.policy, number, claim, None, ANNA, self.now
                    )
                except Refusal:
                    return

    def _some_payment(self, claim):
        mine = [number for number, of in self.payments if of == claim]
        return self.chance.choice(mine) if mine else None

    async def _correct(self, claim):
        """Whatever the page would offer, by whatever amount, and now and then too much."""
        kind = self.chance.choice(NEW)
        async with self.house.database.transaction() as connection:
            row = await read_standing(connection, claim, self.house.day)
            try:
                parts = (await read_correctable(connection, row)).parts
            except Refusal:
                return
        offered = [part for part in parts if kind in part.offers(self.house.day)]
        if offered:
            part = self.chance.choice(offered)
            most = part.most.ore + 1 if kind is ActionKind.WRITE_DOWN else 50_000
            ore = self.chance.randrange(1, most + 1)
            more = part.lying.principal.ore if kind is ActionKind.RAISE_PRINCIPAL else 0
            await self._ask(claim, Correction(kind, "Rettet", part.reference, Money(ore + more)))

    async def _undo(self, claim):
        async with self.house.database.transaction() as connection:
            row = await read_standing(connection, claim, self.house.day)
            try:
                known = await read_correctable(connection, row)
            except Refusal:
                return
        done = list(known.all_done)
        if done:
            one = self.chance.choice(done)
            await self._ask(claim, Correction(one.undone_by, "Fortrudt", undoes=one.action_id))

    async def _ask(self, claim, wish):
        async with self.house.database.transaction() as connection:
            try:
                await correct_there(
                    connection, self.house.policy, claim, wish, self.house.day, ANNA
                )
            except Refusal:
                return
        self.corrected.add(wish.kind)

    async def _let_letters_arrive(self):
        """Those about a raise; some of them later than others."""
        if self.chance.random() < 0.5:
            await self.house.change(
                "update letters set state = 'delivered', dispatched_on = planned_on,"
                " delivered_on = :on where state = 'requested' and key like 'raise-%'",
                on=self.house.day,
            )

    async def _recall(self, claim):
        reason = self.chance.choice(RECALL_REASONS)
        day = self.house.day if reason is ActionReason.BORT else None
        wish = Recall(reason, "Det er aftalt", day)
        async with self.house.database.transaction() as connection:
            try:
                await recall_claim(connection, claim, wish, self.house.day, ANNA)
            except Refusal:
                return

    async def _return(self, claim):
        """What came back, or was refused, is sent anew."""
        stage, balance = (
            await self.house.rows(
                "select stage, balance_ore from claims where id = :claim", claim=claim
            )
        )[0]
        if not Stage(stage).is_with_the_collector and balance > 0:
            await self._hand_over(claim)

    async def _answer_questions(self):
        """Of what was refused a person says: again, or not; of what is not answered: again."""
        tasks = """select t.id, t.claim_id, t.kind, a.state from tasks t
            left join recovery_actions a on cast(a.id as text) = t.facts ->> 'action'
            where t.state = 'open' order by t.id"""
        for task, claim, kind, state in await self.house.rows(tasks):
            is_asked_again = state == "submitted" or self.chance.random() < 0.5
            otherwise = "give-up" if kind == "exception" else "done"
            outcome = "retry" if kind == "exception" and is_asked_again else otherwise
            await self.house.change(
                "insert into decisions (task_id, outcome, reasons, decided_by, decided_at)"
                " values (:task, :outcome, 'set på', 'anna', now())",
                task=task, outcome=outcome,
            )  # fmt: skip
            await self.house.change(
                "update tasks set state = 'decided' where id = :task", task=task
            )
            if self.chance.random() < 0.2:
                await self._hold_to(claim, task)

    async def _hold_to(self, claim, task):
        heard = """select count(*) from recovery_actions
            where claim_id = :claim and state = 'in-hearing'"""
        if claim and await self.house.value(heard, claim=claim):
            async with self.house.database.transaction() as connection:
                await request_approval(connection, claim, task, "Det er rigtigt", self.house.day)

    async def _exchange(self, authority):
        acts = self.house.exchanging(authority)
        for act in (acts.read_notices, acts.submit_actions):
            try:
                while await act(self.now):
                    pass
            except (Killed, GatewayUnavailable):
                continue

    async def come_to_rest(self):
        """Nothing fails any more, and each question about silence is answered: ask again."""
        self.authority.behave(replace(self.authority.behaviour(), share_lost=0, share_garbled=0))
        for _ in range(60):
            self.now += timedelta(days=1)
            self.house.day = self.now.date()
            await self.house.change(
                "insert into decisions (task_id, outcome, reasons, decided_by, decided_at)"
                " select id, 'retry', 'igen', 'anna', now() from tasks"
                " where state = 'open' and kind = 'exception'"
            )
            await self.house.change("update tasks set state = 'decided' where kind = 'exception'")
            await self._let_letters_arrive()
            await self._exchange(self.authority)


@pytest.mark.parametrize("seed", range(max(LIVES // A_HOUSE, 1)))
async def test_after_random_lives_with_faults_the_books_are_the_same(house, monday, seed):
    await move_in(house.database)
    lives = Lives(house, seed, monday)
    await lives.begin(min(A_HOUSE, LIVES))
    await lives.live(DAYS)
    await _live_until_all_was_tried(lives)
    await lives.come_to_rest()
    await _assert_books_agree(house, lives)
    await _assert_ours_are_sound(house)


async def _live_until_all_was_tried(lives):
    """A house's lives have had corrections of more than one kind: else they prove little."""
    for _ in range(A_HOUSE):
        if len(lives.corrected & CORRECTED) > 1:
            return
        await lives.begin(2)
        await lives.live(30)
    raise AssertionError("nobody has corrected anything")


async def _assert_books_agree(house, lives):
    lines = await lives.authority.statement(lives.now.date(), lives.now)
    theirs = {
        line.reference: Moved(
            Money(line.came_ore),
            Money(line.recalled_ore),
            Money(line.down_ore),
            Money(line.up_ore),
            Money(line.recovered_ore),
        )
        for line in lines
    }
    async with house.database.transaction() as connection:
        books = compare(await our_books(connection, lives.now.date()), theirs)
    assert books.differences == ()
    assert books.ours.came > Money(0)
    assert books.ours.down > Money(0)
    assert books.ours.recovered > Money(0)


async def _assert_ours_are_sound(house):
    """What is left is what its moves say; nothing is under way; no øre of a ledger is lost."""
    wrong = """select r.reference, r.left_ore from recovery_claims r
        where r.state in ('received', 'settled') and r.left_ore <> (select coalesce(sum(case m.kind
          when 'came' then amount_ore when 'up' then amount_ore else -amount_ore end), 0)
          from recovery_moves m where m.reference = r.reference and m.state = 'done')"""
    assert await house.rows(wrong) == []
    assert await house.rows("select id from recovery_claims where left_ore < 0") == []
    waiting = "select id, kind from recovery_actions where state in ('requested', 'submitted')"
    assert await house.rows(waiting) == []
    uneven = """select id from claims c where balance_ore <> (select sum(amount_ore)
        from ledger_entries e where e.claim_id = c.id)"""
    assert await house.rows(uneven) == []
    differing = "count(*) filter (where amount_ore <> covered_ore)"
    [(paid, wrong)] = await house.rows(f"select count(*), {differing} from recovery_payouts")
    assert (paid > 0, wrong) == (True, 0)
    doubled = "select count(*) - count(distinct (number)) from recovery_notices"
    assert await house.value(doubled) == 0
