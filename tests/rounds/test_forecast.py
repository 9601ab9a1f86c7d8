"""What is foreseen for a day is what happens on it, to the last letter and the last debtor."""

import random
from datetime import date, datetime, time, timedelta

from domain.authority import HOUSE
from domain.calendar import COPENHAGEN, REAL_TIME, is_working_day, working_days_after
from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.letters import Letter
from domain.money import Money
from gateways.post_sandbox import PostBehaviour
from persistence.agreements.nudging import request_nudges
from persistence.agreements.terms import NewAgreement
from persistence.claims.holding import place_hold
from persistence.claims.registration import register
from persistence.money.booking import NewPayment, book_payment
from persistence.tasks.deciding import NewDecision, decide
from reports.post_days import post_day
from tests.builders import a_claim
from tests.rounds.nights import tell_all
from tests.rounds.test_post_room import company
from tests.stories.town import ANNA
from workers.foresight.forecasts import Foresight

CLAIMS, DEBTORS, A_DAY = 1000, 350, 100
TYPES = ("parking-fee", "day-care", "rent", "music-school", "property-tax")
AGREEING = ("parking-fee", "rent")
MOST_OPEN = 60


class RandomTown:
    """Claims come, people pay, ask for time and agree; all by one seed."""

    def __init__(self, house, seed: int) -> None:
        self.house, self.rng, self.payments = house, random.Random(seed), 0

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), COPENHAGEN)

    async def register(self, day: date, number: int) -> None:
        house, rng = self.house, self.rng
        for _ in range(number):
            debtors = tuple(
                company(rng.randrange(DEBTORS)) for _ in range(rng.choice((1, 1, 1, 2)))
            )
            claim = a_claim(
                rng.choice(TYPES),
                rng.choice((30, 120, 400, 1500, 9000)),
                day + timedelta(days=rng.randrange(-20, 20)),
                tuple({one.national_id: one for one in debtors}.values()),
                demand_sent_on=rng.choice((None, day - timedelta(days=40))),
                reference=f"R-{rng.random()}",
            )
            async with house.database.transaction() as connection:
                await register(connection, house.policy, claim, day, HOUSE.id)

    async def pay(self, day: date, share: float) -> None:
        """Some pay all, some a part, some too much."""
        found = "select id, balance_ore from claims where ending is null and balance_ore > 0"
        for claim_id, ore in await self.house.rows(f"{found} order by id"):
            if self.rng.random() < share:
                self.payments += 1
                amount = Money(int(ore * self.rng.choice((0.3, 1, 1, 1.1))) + 1)
                payment = NewPayment(f"b{self.payments}", amount, day, day, claim_id=claim_id)
                async with self.house.database.transaction() as connection:
                    await book_payment(connection, self.house.policy, payment, day, HOUSE.id)

    async def hold(self, day: date) -> None:
        found = "select id from claims where ending is null order by id"
        for (claim_id,) in await self.house.rows(found):
            if self.rng.random() < 0.01:
                until = day + timedelta(days=self.rng.randrange(1, 15))
                async with self.house.database.transaction() as connection:
                    reason = HoldReason.OBJECTION
                    await place_hold(connection, claim_id, reason, "", day, until, ANNA)

    async def talk(self, day: date) -> None:
        """Some agree to pay in parts, some promise, some are not reached."""
        found = (
            "select t.id, t.claim_id from tasks t join claims c on c.id = t.claim_id"
            " where t.kind = 'dialogue' and t.state = 'open' and c.agreement_id is null"
            " and c.balance_ore > 100000 and c.claim_type = any(:types) order by t.id limit :most"
        )
        for task, claim_id in await self.house.rows(found, most=MOST_OPEN, types=list(AGREEING)):
            async with self.house.database.transaction() as connection:
                await decide(
                    connection, self.house.policy, task, self._answer(claim_id, day),
                    ANNA, self.at(day, 14), day,
                )  # fmt: skip

    def _answer(self, claim_id: str, day: date) -> NewDecision:
        if self.rng.random() < 0.5:
            plan = NewAgreement((claim_id,), working_days_after(day, 5), months=2)
            return NewDecision(Outcome.AGREEMENT, "Ringet", agreement=plan)
        later = day + timedelta(days=self.rng.randrange(2, 10))
        return NewDecision(Outcome.PROMISE, "Ringet", look_again_on=later)

    async def foresee(self, evening: datetime, day: date):
        async with self.house.database.transaction() as connection:
            foresight = Foresight(self.house.policy, REAL_TIME)
            found = await foresight.letters(connection, evening, day)
        return sorted(found, key=lambda one: (one.debtor_id, one.claim_id, one.letter))

    async def lines(self, day: date):
        async with self.house.database.transaction() as connection:
            return await post_day(connection, day)


def as_foreseen(lines):
    return sorted((line.debtor_id, line.claim_id, Letter(line.letter)) for line in lines)


async def test_a_day_s_forecast_is_what_leaves_on_it_to_the_last_row(house):
    """A thousand claims over seven weeks; on every third morning money comes after the forecast."""
    town = RandomTown(house, seed=4)
    house.gateways.digital_post.behave(PostBehaviour(share_failing=0.05))
    person = "insert into users (id, name, role, token_sha256) values"
    await house.change(f"{person} ('anna', 'Anna', 'caseworker', '-')")
    day, sent, withheld, merged, kinds = house.day, 0, 0, 0, set()
    registered = 0
    for number in range(45):
        tomorrow = day + timedelta(days=1)
        if is_working_day(day):
            if registered < CLAIMS:
                await town.register(day, A_DAY)
                registered += A_DAY
            await town.pay(day, share=0.02)
            await town.hold(day)
            await town.talk(day)
            await house.collect(town.at(day, 15))
            next_day = working_days_after(day, 1)
            foreseen = await town.foresee(town.at(day, 23), next_day)
        await tell_all(house.database, house.policy, town.at(tomorrow, 0, 15))
        if not is_working_day(tomorrow):
            day = tomorrow
            continue
        is_paid_late = number % 3 == 0
        if is_paid_late:
            await town.pay(tomorrow, share=0.05)
        async with house.database.transaction() as connection:
            await request_nudges(connection, tomorrow, 3)
        await house.empty(town.at(tomorrow, 9))
        lines = await town.lines(tomorrow)
        left = [line for line in lines if line.what == "left"]
        expected = [(one.debtor_id, one.claim_id, one.letter) for one in foreseen]
        missing = set(expected) - set(as_foreseen(left))
        why = {(one.debtor_id, one.claim_id, Letter(one.letter)): one.reason for one in lines}
        assert set(as_foreseen(left)) <= set(expected), (tomorrow, number)
        assert {why.get(one) for one in missing} <= {"paid"}, (tomorrow, missing)
        if not is_paid_late:
            assert as_foreseen(left) == expected, tomorrow
        sent, withheld = sent + len(left), withheld + len(missing)
        merged += sum(line.goes_with is not None for line in left)
        kinds |= {line.letter for line in left}
        day = tomorrow
    assert sent > 1500
    assert withheld > 10
    assert merged > 20
    assert {"demand", "first-reminder", "second-reminder", "agreement-confirmation"} <= kinds
