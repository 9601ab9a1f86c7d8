"""A town that is lived at random, day and night, with all that a replay of it must bear."""

import random
from datetime import date, datetime, time, timedelta

from domain.authority import HOUSE, Actor, Role
from domain.calendar import COPENHAGEN, is_working_day, working_days_after
from domain.claim import HoldReason
from domain.decisions import Outcome, TaskKind
from domain.endings.write_off import NewWriteOff
from domain.errors import Refusal
from domain.money import Money
from persistence.agreements.terms import NewAgreement
from persistence.claims.holding import place_hold, release_hold
from persistence.claims.registration import register
from persistence.claims.withdrawing import withdraw
from persistence.executions.stage_steps import decide_step, propose_step, read_place
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back
from persistence.tasks.deciding import NewDecision, decide
from tests.builders import a_claim
from tests.rounds.living_stories import LivingStories
from tests.rounds.test_post_room import company
from tests.stories.town import ANNA, BENT

TYPES = ("parking-fee", "day-care", "rent", "music-school", "invoice")
BOSS, CHIEF = Actor("bent", Role.SUPERVISOR), Actor("chief", Role.SUPERVISOR)
LAPSED = NewWriteOff("lapse", date(2026, 1, 1))


class ReplayedTown:
    """All by one seed. The house is a real one; only its stories are told by night and by day."""

    def __init__(self, house, seed: int, debtors: int) -> None:
        self.house, self.rng, self.debtors = house, random.Random(seed), debtors
        self.payments = self.lived = 0
        self.stories = LivingStories(house.database, house.policy)

    async def move_in(self) -> None:
        person = "insert into users (id, name, role, token_sha256) values"
        await self.house.change(f"{person} ('anna', 'Anna', 'caseworker', 'a')")
        await self.house.change(f"{person} ('bent', 'Bent', 'supervisor', 'b')")
        await self.house.change(f"{person} ('chief', 'Carl', 'supervisor', 'c')")

    async def live(self, days: int, claims: int) -> date:
        """The last day that was lived. New *claims* come until there are so many."""
        day = await self.live_on(days, claims)
        await self.stories.leave()
        return day

    async def live_on(self, days: int, claims: int) -> date:
        """From where it had come to; its stories stay alive."""
        day = self.house.day
        for _ in range(days):
            day = self.house.day + timedelta(days=self.lived)
            self.lived += 1
            await self._go_on(day, 0, 12)
            if is_working_day(day):
                await self._work(day, claims)
        return day

    async def go_on_until(self, morning: date) -> None:
        """Past the first minutes of the day, in which stories have their turn."""
        await self._go_on(morning, 0, 20)

    async def _work(self, day: date, claims: int) -> None:
        if self.rng.random() < 0.8:  # else the post is late
            await self.house.empty(self._at(day, 9))
        known = await self.house.value("select count(*) from claims")
        for _ in range(min(self.rng.choice((0, 1, 2)), claims - known)):
            await self._register(day)
        await self._go_on(day, 10)
        for act in (self._pay, self._bounce, self._hold, self._release, self._withdraw):
            await act(day)
            await self._go_on(day, 12)
        await self._answer(day)
        await self._go_on(day, 13, 30)
        await self._move(day)
        await self._go_on(day, 14)
        await self.house.collect(self._at(day, 15))

    async def _go_on(self, day: date, hour: int, minute: int = 0) -> None:
        await self.stories.go_on(self._at(day, hour, minute))

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), COPENHAGEN)

    async def _register(self, day: date) -> None:
        rng = self.rng
        owing = {rng.randrange(self.debtors) for _ in range(rng.choice((1, 1, 1, 2)))}
        claim = a_claim(
            rng.choice(TYPES),
            rng.choice((30, 120, 400, 1500, 9000)),
            day + timedelta(days=rng.randrange(-20, 20)),
            tuple(company(number) for number in sorted(owing)),
            demand_sent_on=rng.choice((None, None, day - timedelta(days=40))),
            reference=f"R-{rng.random()}",
        )
        async with self.house.database.transaction() as connection:
            await register(connection, self.house.policy, claim, day, HOUSE.id)

    async def _chosen(self, query: str, share: float) -> list[tuple]:
        return [row for row in await self.house.rows(query) if self.rng.random() < share]

    async def _pay(self, day: date) -> None:
        owing = "select id, balance_ore from claims where ending is null and balance_ore > 0"
        for claim_id, ore in await self._chosen(f"{owing} order by id", 0.015):
            self.payments += 1
            amount = Money(int(ore * self.rng.choice((0.3, 0.5, 1, 1, 1, 1.1))) + 1)
            paid_on = day - timedelta(days=self.rng.choice((0, 0, 0, 1, 4)))
            payment = NewPayment(f"b{self.payments}", amount, paid_on, day, claim_id=claim_id)
            async with self.house.database.transaction() as connection:
                await book_payment(connection, self.house.policy, payment, day, HOUSE.id)

    async def _bounce(self, day: date) -> None:
        lately = (
            "select id, amount_ore from payments p where not exists (select from payouts o"
            " where o.payment_id = p.id) and unused_ore = 0 order by id"
        )
        for payment, ore in await self._chosen(lately, 0.003):
            async with self.house.database.transaction() as connection:
                await charge_back(
                    connection, self.house.policy, payment, Money(ore), f"bounce-{payment}",
                    day, HOUSE.id,
                )  # fmt: skip

    async def _hold(self, day: date) -> None:
        living = "select id from claims where ending is null order by id"
        for (claim_id,) in await self._chosen(living, 0.01):
            until = day + timedelta(days=self.rng.randrange(0, 25))
            async with self.house.database.transaction() as connection:
                await place_hold(
                    connection, claim_id, HoldReason.OBJECTION, "", day,
                    self.rng.choice((until, None)), ANNA,
                )  # fmt: skip

    async def _release(self, day: date) -> None:
        held = (
            "select id from holds where released_on is null and reason <> 'agreement'"
            f" and (until is null or until >= '{day}') order by id"
        )
        for (number,) in await self._chosen(held, 0.08):
            async with self.house.database.transaction() as connection:
                await release_hold(connection, self.house.policy, number, day, ANNA)

    async def _withdraw(self, day: date) -> None:
        living = "select id from claims where ending is null and not is_withdrawn order by id"
        for (claim_id,) in await self._chosen(living, 0.0005):
            async with self.house.database.transaction() as connection:
                await withdraw(connection, claim_id, "Forkert", day, ANNA)

    async def _answer(self, day: date) -> None:
        asked = (
            "select t.id, t.kind, t.claim_id from tasks t where t.state = 'open' and t.kind in"
            " ('dialogue', 'assessment', 'exception', 'write-off-approval') order by t.id"
        )
        for task, kind, claim_id in await self._chosen(asked, 0.2):
            by = BENT if kind == TaskKind.WRITE_OFF_APPROVAL else ANNA
            decision = await self._decision(TaskKind(kind), claim_id, day)
            try:
                async with self.house.database.transaction() as connection:
                    await decide(
                        connection, self.house.policy, task, decision, by, self._at(day, 13), day
                    )
            except Refusal:
                continue  # what may not be answered so is answered another day

    async def _decision(self, kind: TaskKind, claim_id: str, day: date) -> NewDecision:
        later = day + timedelta(days=self.rng.randrange(2, 20))
        ways = {
            TaskKind.DIALOGUE: (
                *(Outcome.AGREEMENT, Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.GO_ON),
            ),
            TaskKind.ASSESSMENT: (Outcome.TRANSFER, Outcome.KEEP, Outcome.WRITE_OFF),
            TaskKind.EXCEPTION: (Outcome.RETRY, Outcome.GIVE_UP),
            TaskKind.WRITE_OFF_APPROVAL: (Outcome.APPROVED, Outcome.REFUSED),
        }
        outcome = self.rng.choice(ways[kind])
        if outcome is Outcome.AGREEMENT:
            first = working_days_after(day, self.rng.randrange(3, 30))
            claims = (claim_id, *await self._others(claim_id))
            plan = NewAgreement(claims, first, months=self.rng.choice((1, 2, 3)))
            return NewDecision(outcome, "Ringet", agreement=plan)
        if outcome is Outcome.WRITE_OFF:
            return NewDecision(outcome, "Forældet", write_off=LAPSED)
        has_day = outcome in {Outcome.PROMISE, Outcome.NOT_REACHED, Outcome.KEEP}
        return NewDecision(outcome, "Ringet", look_again_on=later if has_day else None)

    async def _move(self, day: date) -> None:
        """Two supervisors do not wait, or do not go on as it was."""
        living = "select id from claims where ending is null order by id"
        for (claim_id,) in await self._chosen(living, 0.03):
            now = self._at(day, 13, 40)
            async with self.house.database.transaction() as connection:
                for step in (await read_place(connection, claim_id)).steps[:1]:
                    number = await propose_step(connection, claim_id, step, "Haster", BOSS, now)
                    await decide_step(connection, number, CHIEF, now, is_approved=True)

    async def _others(self, claim_id: str) -> list[str]:
        """Sometimes what else the debtor owes comes along."""
        if self.rng.random() < 0.5:
            return []
        found = await self.house.rows(
            "select o.id from claims o join claims c on c.debtor_id = o.debtor_id where c.id = :id"
            " and o.id <> c.id and o.ending is null and o.agreement_id is null"
            " and o.claim_type = c.claim_type and not o.is_withdrawn order by o.id limit 1",
            id=claim_id,
        )
        return [row[0] for row in found]
