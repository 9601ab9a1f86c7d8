"""The lives claims have led before the demo begins: told by the stories' own acts, on past days."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.demo.staff import ANNA, CARL, KAREN
from domain.authority import HOUSE, Actor
from domain.calendar import start_of, working_day_from
from domain.claim import Ending
from domain.decisions import Outcome, TaskKind
from domain.distraints.distraint import Slot
from domain.endings.write_off import NewWriteOff, WriteOffReason
from domain.errors import AlreadyDecided, Refusal
from domain.letters import Letter
from domain.money import Money
from domain.orders import AskPerson, Close, WriteLetter
from domain.policy import ClaimType, Policy
from domain.registration import NewClaim
from persistence.agreements.terms import NewAgreement
from persistence.database import Database
from persistence.distraints.checks import first_day_of
from persistence.distraints.setting import set_hearing
from persistence.models import Claim, Task
from persistence.money.booking import NewPayment, book_payment
from persistence.tasks.deciding import NewDecision, decide
from workers.past import Past

_DELIVERED = text("""
update letters set state = 'delivered', dispatched_on = planned_on, delivered_on = planned_on
where claim_id = :claim and state = 'requested' and planned_on < :today""")
_REASONS = {
    Outcome.AGREEMENT: "Kan ikke betale på én gang, men gerne lidt hver måned.",
    Outcome.GO_ON: "Talt med skyldner; der er ingen udsigt til betaling.",
    Outcome.TRANSFER: "Betaler ikke frivilligt; inddrivelse er hurtigst.",
    Outcome.ENFORCE: "Kravet er fortrinsberettiget og inddrives af os selv.",
    Outcome.WRITE_OFF: "Kravet har mistet sit grundlag; dokumentet ligger i journalen.",
    Outcome.APPROVED: "Enig.",
}
_OFFICE_OPENS = timedelta(hours=9)


@dataclass
class Life:
    """One claim's life up to *today*; *day* is how far it has been told.

    What would come after *today* is left to the story.
    """

    database: Database
    policy: Policy
    past: Past
    random: Random
    claim: NewClaim
    id: str
    day: date
    today: date
    before: str | None = None

    @property
    def claim_type(self) -> ClaimType:
        return self.policy.claim_type(self.claim.claim_type)

    @property
    def is_up_to_date(self) -> bool:
        return self.day >= self.today

    def pass_days(self, most: int) -> None:
        self.day += timedelta(days=self.random.randint(1, most))

    async def write(self, letter: Letter, key: str | None = None) -> None:
        if self.is_up_to_date:
            return
        key = key or letter.value
        order = WriteLetter(self.id, key, self.day, after=self.before, letter=letter)
        verdict = await self.past.write_letter(order)
        async with self.database.transaction() as connection:
            await deliver_letters(connection, self)
        self.before = key
        self.day = (verdict.deadline or self.day) + timedelta(days=1)

    async def remind(self) -> None:
        steps = self.claim_type.steps.on(self.day) or ()
        for step in steps:
            await self.write(step.letter)

    async def ask(self, kind: TaskKind) -> None:
        if self.is_up_to_date:
            return
        await self.past.ask_person(AskPerson(self.id, f"{kind}-0", self.day, kind=kind))
        self.before = None

    async def answer(
        self,
        kind: TaskKind,
        outcome: Outcome,
        by: Actor = ANNA,
        agreement: NewAgreement | None = None,
    ) -> None:
        self.pass_days(4)
        if self.is_up_to_date:
            return
        wish = None
        if outcome is Outcome.WRITE_OFF:
            is_shared = len(self.claim.debtors) > 1
            reason = WriteOffReason.LAPSE if is_shared else WriteOffReason.INSOLVENT_ESTATE
            wish = NewWriteOff(reason, self.day, journal="SKS 2025-1417")
        decision = NewDecision(outcome, _REASONS[outcome], None, agreement, write_off=wish)
        async with self.database.transaction() as connection:
            found = select(Task.id).where(Task.subject == self.id, Task.key == f"{kind}-0")
            task = (await connection.execute(found)).scalar()
            if task is None:
                return
            now = start_of(self.day) + _OFFICE_OPENS
            try:
                await decide(connection, self.policy, task, decision, by, now, self.day)
            except AlreadyDecided:
                return

    async def talk(self, outcome: Outcome, agreement: NewAgreement | None = None) -> None:
        await self.remind()
        await self.ask(TaskKind.DIALOGUE)
        await self.answer(TaskKind.DIALOGUE, outcome, self.random.choice((ANNA, CARL)), agreement)

    async def assess(self, outcome: Outcome) -> None:
        await self.talk(Outcome.GO_ON)
        await self.ask(TaskKind.ASSESSMENT)
        await self.answer(TaskKind.ASSESSMENT, outcome)

    async def set_hearing(self) -> None:
        """On one of the coming days, at an hour of this claim's own; today's begin the day."""
        if self.is_up_to_date:
            return
        async with self.database.transaction() as connection:
            day = await first_day_of(connection, self.policy, self.id, self.day)
            found = select(Task.id).where(Task.subject == self.id, Task.key == "distraint-0")
            task = (await connection.execute(found)).scalar()
            if task is None or day is None:
                return
            coming = self.today + timedelta(days=self.random.randrange(5))
            day = max(day, working_day_from(coming))
            hour = 8 if day == self.today else 9 + self.random.randrange(6)
            at = time(hour, self.random.choice((0, 30)))
            slot = Slot(day, at, ", ".join(self.claim.debtors[0].address))
            with suppress(Refusal):
                await set_hearing(connection, self.policy, task, slot, KAREN, self.day)
            await deliver_letters(connection, self)

    async def balance(self) -> Money:
        async with self.database.transaction() as connection:
            found = select(Claim.balance_ore).where(Claim.id == self.id)
            return Money((await connection.execute(found)).scalar_one())

    async def pay(self, amount: Money, on: date, number: int = 0) -> None:
        if not amount:
            return
        payment = NewPayment(
            f"seed-{self.id}-{number}", amount, on, on, payer="", claim_id=self.id
        )  # fmt: skip
        async with self.database.transaction() as connection:
            await book_payment(connection, self.policy, payment, on, HOUSE.id)

    async def end(self, ending: Ending) -> None:
        if not self.is_up_to_date:
            await self.past.close(Close(self.id, "close", self.day, ending=ending))


async def deliver_letters(connection: AsyncConnection, life: Life) -> None:
    """What was written before today has long since arrived."""
    await connection.execute(_DELIVERED, {"claim": life.id, "today": life.today})
