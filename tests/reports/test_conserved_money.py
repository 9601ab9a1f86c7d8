"""Whatever is posted, paid, bounced, agreed and transferred, in whatever order: no øre is lost.

The acts are the house's own, in a database of its own; only what happens is drawn.
"""

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from activities.claims import ClaimActivities
from domain.authority import HOUSE
from domain.claim import Ending, Stage
from domain.interest import interest_due
from domain.late_interest import PostedInterest, interest_differences
from domain.letters import Letter
from domain.money import Money
from domain.orders import Close, Transfer, WriteLetter
from persistence.agreements.agreeing import make_agreement
from persistence.agreements.terms import NewAgreement
from persistence.claims.facts import read_facts
from persistence.money.booking import NewPayment, UnplacedMoney, book_payment, place
from persistence.money.debts import read_debts
from persistence.money.undoing import charge_back, undo_placing
from persistence.recovery.actions import move_to_stage
from tests.proofs import notify

FIRST = date(2026, 1, 5)
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(
            ["letter", "letter", "pay", "pay", "pay late", "pay late", "bounce", "bounce in part",
             "undo", "place", "transfer", "return", "agree", "close", "withdraw"]
        ),
        st.integers(1, 120_000),
        st.integers(0, 50),
    ),
    min_size=5,
    max_size=14,
)  # fmt: skip
LIVES = 120
KINDS = {"principal", "interest", "fee", "payment", "refund", "charge-back", "correction"}

LOST = {
    "a payment is placed, unplaced or gone": """
      select p.id from payments p where p.amount_ore <> p.unused_ore
        - coalesce((select sum(amount_ore) from ledger_entries e where e.payment_id = p.id), 0)
        + coalesce((select sum(amount_ore) from payouts o where o.payment_id = p.id), 0)""",
    "a balance is the sum of its entries": """
      select c.id from claims c where c.balance_ore <>
        coalesce((select sum(amount_ore) from ledger_entries e where e.claim_id = c.id), 0)""",
    "what is open of each debt sums to the balance": """
      select c.id from claims c where c.balance_ore <> (select sum(e.amount_ore - coalesce(
          (select sum(v.amount_ore) from ledger_coverage v where v.debt_entry_id = e.id), 0))
        from ledger_entries e where e.claim_id = c.id
          and e.kind in ('principal', 'interest', 'fee', 'court-fee'))""",
    "an ended claim owes nothing": """
      select id from claims where ending is not null and balance_ore <> 0""",
    "a correction takes back no more than there was": """
      select k.corrects_id from ledger_entries k join ledger_entries e on e.id = k.corrects_id
      where k.kind = 'correction' group by k.corrects_id, e.amount_ore
      having -sum(k.amount_ore) > e.amount_ore""",
    "unplaced money has a question": """
      select id from payments p where unused_ore > 0 and not exists (select from tasks t
        where t.subject = 'payment-' || p.id and t.state = 'open') and not exists
        (select from ledger_entries e where e.payment_id = p.id and e.rule = 'placing-undone')""",
}


def lives():
    """Always the same ones."""
    gathered = []

    @settings(
        max_examples=LIVES, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(HAPPENINGS)
    def gather(happenings):
        gathered.append(happenings)

    gather()
    return gathered


class Life:
    """A claim of 1,000 kr. to which things happen, some of which cannot, and then do not."""

    _numbers = count(1)

    def __init__(self, books, claim: str) -> None:
        self.books, self.claim, self.day = books, claim, FIRST
        self.acts = ClaimActivities(books.database, books.policy)
        self.payments: list[tuple[int, int]] = []

    async def happen(self, kind: str, ore: int, days: int) -> None:
        self.day += timedelta(days=days)
        match kind:
            case "pay" | "pay late":
                await self.pay(ore, self.day - timedelta(days=days if kind == "pay late" else 0))
            case "bounce" | "bounce in part" if self.payments:
                await self.bounce(ore if kind == "bounce in part" else None)
            case "undo" | "place" if self.payments:
                await self.move(kind)
            case _:
                await self.act(kind)

    async def act(self, kind: str) -> None:
        """What a story does, and only while the claim lives where it would."""
        stage, ending = await self.standing()
        if ending or stage.is_with_the_collector is not (kind == "return"):
            return
        match kind:
            case "letter":
                await self.write(Letter.FIRST_REMINDER)
            case "transfer":
                await self.hand_over()
            case "return":
                await self.give_back()
            case "agree":
                await self.agree()
            case "close" | "withdraw":
                await self.close(Ending.PAID if kind == "close" else Ending.WITHDRAWN)

    async def hand_over(self) -> None:
        async with self.books.database.transaction() as connection:
            await notify(connection, self.claim, self.day)
        await self.acts.transfer(Transfer(self.claim, self.key("transfer"), self.day))

    def key(self, name: str) -> str:
        return f"{name}-{next(self._numbers)}"

    async def standing(self) -> tuple[Stage, str | None]:
        row = await self.books.value(
            "select to_jsonb(c) from claims c where id = :id", id=self.claim
        )
        return Stage(row["stage"]), row["ending"]

    async def write(self, letter: Letter) -> None:
        await self.acts.write_letter(
            WriteLetter(self.claim, self.key(letter), self.day, letter=letter)
        )

    async def pay(self, ore: int, paid_on: date) -> None:
        payment = NewPayment(self.key("bank"), Money(ore), paid_on, self.day, claim_id=self.claim)
        async with self.books.database.transaction() as connection:
            booked = await book_payment(connection, self.books.policy, payment, self.day, "anna")
        self.payments.append((booked.payment_id, ore))

    async def bounce(self, ore: int | None) -> None:
        payment, whole = self.payments.pop((ore and ore % len(self.payments)) or 0)
        async with self.books.database.transaction() as connection:
            await charge_back(
                connection, self.books.policy, payment, Money(min(ore or whole, whole)),
                self.key("bounce"), self.day, HOUSE.id,
            )  # fmt: skip

    async def move(self, kind: str) -> None:
        payment, _ = self.payments[-1]
        policy = self.books.policy
        async with self.books.database.transaction() as connection:
            if kind == "undo":
                await undo_placing(connection, policy, payment, self.claim, self.day, "anna")
                return
            found = await connection.execute(
                text("select unused_ore, paid_on from payments where id = :id"), {"id": payment}
            )
            unused, paid_on = found.one()
            money = UnplacedMoney(payment, Money(unused), paid_on)
            await place(connection, policy, self.claim, money, self.day, "anna")

    async def give_back(self) -> None:
        async with self.books.database.transaction() as connection:
            await move_to_stage(connection, self.claim, Stage.DIALOGUE, self.day)

    async def agree(self) -> None:
        found = "select agreement_id is not null or balance_ore < 30000 from claims where id = :id"
        if await self.books.value(found, id=self.claim):
            return
        wish = NewAgreement((self.claim,), self.day + timedelta(days=30), months=2)
        async with self.books.database.transaction() as connection:
            await make_agreement(connection, self.books.policy, wish, self.day)

    async def close(self, ending: Ending) -> None:
        found = "select balance_ore from claims where id = :id"
        if ending is Ending.PAID and await self.books.value(found, id=self.claim):
            return
        await self.acts.close(Close(self.claim, self.key("close"), self.day, ending=ending))


async def assert_interest_is_what_it_should_be(books, claim, day):
    """After money moved late: month by month, what the books have is what the law asks for."""
    async with books.database.transaction() as connection:
        facts = await read_facts(connection, claim, day)
        debts = await read_debts(connection, claim)
    lines = [d for d in debts if d.kind == "interest"]
    if not lines or facts.claim["ending"]:
        return
    due = interest_due(
        books.policy.claim_type(facts.claim["claim_type"]),
        books.policy.reference_rates,
        facts.claim["last_timely_payment_date"],
        facts.principal_on,
        None,
        max(d.effective_on for d in lines),
    )
    posted = [PostedInterest(d.id, d.period[0], d.net) for d in lines]
    assert interest_differences(posted, due) == [], claim


@pytest.mark.parametrize("claim_type", ["parking-fee", "invoice"])
async def test_no_sequence_of_acts_loses_or_makes_money(books, claim_type):
    latest = FIRST
    for happenings in lives():
        life = Life(books, await books.claim(FIRST, 1000, claim_type))
        for happening in happenings:
            await life.happen(*happening)
        latest = max(latest, life.day)
        if claim_type == "parking-fee":  # whole months; days are rounded where they were split
            await assert_interest_is_what_it_should_be(books, life.claim, life.day)
    for promise, query in LOST.items():
        assert await books.value(f"select count(*) from ({query}) lost") == 0, promise
    found = await books.reconcile(FIRST, latest)
    assert found.differences == ()
    kinds = "select array_agg(distinct kind) from ledger_entries"
    assert set(await books.value(kinds)) >= KINDS, "the lives drawn must be colourful"
