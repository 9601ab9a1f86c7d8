"""A town in which claims live: real database, real acts, Temporal's time-skipping server."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, text
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from activities.exchange import ExchangeActivities
from domain.authority import HOUSE, Actor, Role
from domain.calendar import COPENHAGEN, start_of, today
from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.distraints.distraint import TAKING, AssetKind, Slot
from domain.endings.write_off import NewWriteOff
from domain.money import Money
from domain.policy import Policy
from domain.registration import NewClaim
from gateways.ports import NoticeKind, RecoveryNotice
from persistence.agreements.terms import NewAgreement
from persistence.claims.holding import place_hold, release_hold
from persistence.claims.registration import register
from persistence.claims.withdrawing import withdraw
from persistence.database import Database
from persistence.distraints.checks import first_day_of
from persistence.distraints.minutes import NewAsset, NewMinutes, hold_hearing
from persistence.distraints.owners import name_debtor_as_owner
from persistence.distraints.setting import set_hearing
from persistence.models import User
from persistence.money.booking import NewPayment, book_payment
from persistence.money.undoing import charge_back
from persistence.tasks.deciding import NewDecision, decide
from tests.builders import HELD_TODAY, a_claim
from workers.relay import Relay
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow
from workflows.wire import DATA_CONVERTER

ANNA = Actor("anna", Role.CASEWORKER)
BENT = Actor("bent", Role.SUPERVISOR)
PIA = Actor("pia", Role.BAILIFF)
LAPSED = NewWriteOff("lapse", date(2026, 1, 1))


class TalkingAuthority:
    """Tells what a test lets it, of each claim there, in the order in which it is let."""

    def __init__(self) -> None:
        self.told: list[RecoveryNotice] = []

    def tell(self, references: list[str], answered: str | None, kind: str, on: date) -> None:
        for reference in references:
            number = len(self.told) + 1
            self.told.append(RecoveryNotice(number, answered, reference, NoticeKind(kind), on))

    async def notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        return [notice for notice in self.told if notice.number > after]


@dataclass
class Town:
    env: WorkflowEnvironment
    database: Database
    policy: Policy
    queue: str

    def __post_init__(self) -> None:
        self.now = datetime(2026, 1, 5, tzinfo=COPENHAGEN)
        self.payments = 0
        self.authority = TalkingAuthority()
        self.exchange = ExchangeActivities(self.database, self.policy, self.authority)
        self.relay = Relay(
            self.database, self.env.client, self.policy, self.queue, real_now=lambda: self.now
        )

    @property
    def today(self) -> date:
        return today(self.now)

    async def settle_down(self) -> None:
        """Deliver all messages, let the post go, and wait until no story has anything to do."""
        await self.look_at_the_clock()
        while True:
            delivered = await self.relay.deliver_waiting()
            for handle in await self.living():
                await handle.query("current")
            if not delivered and not await self.has_messages():
                break
        await self.send_post()

    async def look_at_the_clock(self) -> None:
        self.now = await self.env.get_current_time()

    async def has_messages(self) -> bool:
        return bool(await self.value("select count(*) from outbox where delivered_at is null"))

    async def living(self) -> list[WorkflowHandle[Any, Any]]:
        claims = await self.values("select 'claim-' || id from claims where ending is null")
        agreements = await self.values(
            "select 'agreement-' || id from agreements where state = 'active'"
        )
        return [self.env.client.get_workflow_handle(i) for i in claims + agreements]

    async def send_post(self, on: date | None = None) -> None:
        """All letters leave on the day they were planned for, and arrive on it."""
        sent = (
            "update letters set state = 'delivered', dispatched_on = planned_on, "
            "delivered_on = planned_on "
            "where state = 'requested' and planned_on <= :on"
        )
        async with self.database.transaction() as connection:
            await connection.execute(text(sent), {"on": on or self.today})

    async def sleep(self, days: float) -> None:
        await self.pass_time(timedelta(days=days))

    async def pass_time(self, length: timedelta) -> None:
        """The post goes out on the way, before the stories look whether it has."""
        await self.send_post(today(self.now + length))
        await self.env.sleep(length)
        await self.settle_down()

    async def sleep_until(self, day: date, hours: float = 12) -> None:
        """To noon of *day*, stopping on the way at each moment when something happens by itself."""
        goal = start_of(day) + timedelta(hours=hours)
        while self.now < goal:
            moments = await self.values(
                "select next_on from claims where ending is null and next_on >= :on", on=self.today
            )
            steps = [start_of(m + timedelta(days=1)) + timedelta(minutes=15) for m in moments]
            steps = [s for s in steps if s > self.now] + [goal]
            await self.pass_time(min(*steps, goal) - self.now + timedelta(seconds=1))

    async def open(self, claim: NewClaim | None = None, **facts: Any) -> str:
        await self.look_at_the_clock()
        claim = claim or a_claim(due=facts.pop("due", self.today + timedelta(days=30)), **facts)
        async with self.database.transaction() as connection:
            registered = await register(connection, self.policy, claim, self.today, HOUSE.id)
        await self.settle_down()
        return registered.claim_id

    async def pay(self, claim_id: str, kroner: int | None = None) -> None:
        """Pay so much, or all that is owed."""
        balance = await self.value("select balance_ore from claims where id = :id", id=claim_id)
        await self.pay_ore(claim_id, kroner * 100 if kroner else balance)

    async def pay_ore(self, claim_id: str, ore: int, paid_on: date | None = None) -> int:
        """The payment's number. *paid_on*: the bank's value date, if it is an earlier one."""
        await self.look_at_the_clock()
        self.payments += 1
        payment = NewPayment(
            f"bank-{claim_id}-{self.payments}",
            Money(ore),
            paid_on or self.today,
            self.today,
            claim_id=claim_id,
        )
        async with self.database.transaction() as connection:
            booked = await book_payment(connection, self.policy, payment, self.today, HOUSE.id)
        await self.settle_down()
        return booked.payment_id

    async def bounce(self, payment_id: int) -> None:
        """The bank takes the whole payment back."""
        await self.look_at_the_clock()
        ore = await self.value("select amount_ore from payments where id = :id", id=payment_id)
        async with self.database.transaction() as connection:
            await charge_back(
                connection, self.policy, payment_id, Money(ore), f"bounce-{payment_id}",
                self.today, HOUSE.id,
            )  # fmt: skip
        await self.settle_down()

    async def decide(
        self, claim_id: str, key: str, outcome: Outcome, by: Actor = ANNA, **more: Any
    ) -> None:
        await self.look_at_the_clock()
        task = await self.value(
            "select id from tasks where subject = :id and key = :key", id=claim_id, key=key
        )
        if outcome is Outcome.WRITE_OFF:
            more.setdefault("write_off", LAPSED)
        decision = NewDecision(outcome, "Talt med skyldner", **more)
        async with self.database.transaction() as connection:
            await decide(connection, self.policy, task, decision, by, self.now, self.today)
        await self.settle_down()

    async def hold_hearing(
        self, claim_id: str, key: str, outcome: Outcome, look_again_on: date | None = None
    ) -> None:
        """The bailiff sets a hearing on the first day that the law allows, and holds it."""
        await self.look_at_the_clock()
        task = await self.value(
            "select id from tasks where subject = :id and key = :key", id=claim_id, key=key
        )
        async with self.database.transaction() as connection:
            day = await first_day_of(connection, self.policy, claim_id, self.today)
            assert day
            slot = Slot(day, time(10), f"Prøvevej {task}")
            number = await set_hearing(connection, self.policy, task, slot, PIA, self.today)
            if outcome is Outcome.PROPERTY_TAKEN:
                debtor = text("select debtor_id from claims where id = :id")
                owner = (await connection.execute(debtor, {"id": claim_id})).scalar_one()
                await name_debtor_as_owner(connection, number, owner, PIA, self.today)
        await self.sleep_until(day)
        kind = AssetKind.PROPERTY if outcome is Outcome.PROPERTY_TAKEN else AssetKind.MOVABLES
        taken = (NewAsset(kind, "Prøve", Money(100)),) if outcome in TAKING else ()
        minutes = NewMinutes(outcome, "Mødt", assets=taken, on=look_again_on)
        async with self.database.transaction() as connection:
            await hold_hearing(connection, self.policy, number, minutes, PIA, self.now)
        await self.settle_down()

    async def as_if_held(self, claim_id: str, key: str) -> None:
        values = {"claim": claim_id, "key": key, "bailiff": PIA.id, "on": self.today}
        async with self.database.transaction() as connection:
            await connection.execute(text(HELD_TODAY), values)

    async def agree(self, claim_id: str, key: str, months: int, **more: Any) -> None:
        wish = NewAgreement(
            (claim_id, *more.pop("others", ())), self.today + timedelta(days=30), months=months
        )
        await self.decide(claim_id, key, Outcome.AGREEMENT, agreement=wish, **more)

    async def hold(self, claim_id: str, until: date | None = None) -> int:
        await self.look_at_the_clock()
        async with self.database.transaction() as connection:
            number = await place_hold(
                connection, claim_id, HoldReason.OBJECTION, "", self.today, until, ANNA
            )
        await self.settle_down()
        return number

    async def release(self, number: int) -> None:
        await self.look_at_the_clock()
        async with self.database.transaction() as connection:
            await release_hold(connection, self.policy, number, self.today, ANNA)
        await self.settle_down()

    async def withdraw(self, claim_id: str) -> None:
        await self.look_at_the_clock()
        async with self.database.transaction() as connection:
            await withdraw(connection, claim_id, "Kravet var forkert", self.today, ANNA)
        await self.settle_down()

    async def hear_from_the_authority(self, claim_id: str, kind: str) -> None:
        """As the exchange takes it: an answer to what was asked last, or a notice by itself."""
        await self.look_at_the_clock()
        asked, told = ("recall", "executed") if kind == "recalled" else ("create", kind)
        action = await self.value(
            "select 'action-' || max(id) from recovery_actions where claim_id = :id"
            " and kind = :kind", id=claim_id, kind=asked,
        )  # fmt: skip
        answered = action if told in {"executed", "rejected", "in-hearing"} else None
        self.authority.tell(await self._claims_there(claim_id), answered, told, self.today)
        while await self.exchange.read_notices(self.now):
            pass
        await self.settle_down()

    async def _claims_there(self, claim_id: str) -> list[str]:
        """Its claims of the latest stay, the main one first."""
        return await self.values(
            "select reference from recovery_claims where action_id = (select max(action_id)"
            " from recovery_claims where claim_id = :id) order by id", id=claim_id,
        )  # fmt: skip

    async def until(self, subject: str, key: str) -> None:
        """Let time pass until the act *key* is done."""
        for _ in range(60):
            if key in await self.acts(subject):
                return
            upcoming = await self.value(
                "select min(next_on) from claims where ending is null and next_on >= :on",
                on=self.today,
            )
            day = upcoming + timedelta(days=1) if upcoming else self.today + timedelta(days=7)
            await self.sleep_until(max(day, self.today + timedelta(days=1)), hours=0.25)
        raise AssertionError(f"{key} never came; {await self.acts(subject)}")

    async def acts(self, subject: str) -> list[str]:
        return await self.values("select key from acts where subject = :id order by id", id=subject)

    async def diary(self, subject: str) -> list[tuple[date, str]]:
        async with self.database.transaction() as connection:
            found = text("select done_on, key from acts where subject = :id order by id")
            return [(r[0], r[1]) for r in await connection.execute(found, {"id": subject})]

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def ending(self, claim_id: str) -> str:
        return await self.value("select ending from claims where id = :id", id=claim_id)

    async def value(self, query: str, **values: Any) -> Any:
        async with self.database.transaction() as connection:
            return (await connection.execute(text(query), values)).scalar()

    async def values(self, query: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as connection:
            return list((await connection.execute(text(query), values)).scalars())

    def handle(self, claim_id: str) -> WorkflowHandle[Any, Any]:
        return self.env.client.get_workflow_handle(f"claim-{claim_id}")

    async def replay(self, workflow_id: str) -> None:
        """Today's code tells the same story over again from its history."""
        replayer = Replayer(
            workflows=[ClaimWorkflow, AgreementWorkflow], data_converter=DATA_CONVERTER
        )
        history = await self.env.client.get_workflow_handle(workflow_id).fetch_history()
        await replayer.replay_workflow(history)


async def move_in(database: Database) -> None:
    """The people who work in every town."""
    async with database.transaction() as connection:
        await connection.execute(
            insert(User),
            [
                {"id": a.id, "name": a.id.title(), "role": a.role.value, "token_sha256": a.id}
                for a in (ANNA, BENT, PIA)
            ],
        )


__all__ = ["ANNA", "BENT", "LAPSED", "PIA", "Town", "move_in"]
