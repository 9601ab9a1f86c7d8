"""The driver's side of a bench: lives go in by SQL, as the API would put them, and are followed.

The post room is only imagined: a letter's 600-byte body is written and marked as sent, in bulk.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import text

from bench.town import ANNA, SECONDS_A_DAY, bench_policy, move_in, new_claim, new_clock
from domain.authority import HOUSE
from domain.calendar import TownClock, today
from domain.decisions import Outcome
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from persistence.agreements.terms import NewAgreement
from persistence.claims.registration import register
from persistence.clock import set_clock
from persistence.database import Database
from persistence.money.booking import NewPayment, book_payment
from persistence.outbox import tell
from persistence.tasks.deciding import NewDecision, decide
from workers.clock import real_now

_LOOK_EVERY = 0.1
_POST_EVERY = 0.1
_STATE = text("""
select 'task', subject, id::text from tasks where state = 'open'
union all select distinct 'told', target, '' from outbox where delivered_at is null
union all select 'ended', id, ending from claims where id = any(:alive) and ending is not null
union all select 'ended', id, state from agreements where id = any(:alive) and state <> 'active'""")
_POST = text("""
update letters set state = 'dispatched', dispatched_on = planned_on, body = :body
where state = 'requested' and planned_on <= :on
returning claim_id, key, deadline < :on""")
_INSTALMENTS = text("""
select c.balance_ore, array_agg(i.total_ore order by i.number)
from claims c join instalments i on i.agreement_id = c.agreement_id
where c.id = :id group by c.id""")


@dataclass
class Town:
    """The driver's side of a bench: facts go in by SQL, and it looks what has come of them."""

    database: Database
    policy: Policy
    clock: TownClock
    tasks: dict[str, int] = field(default_factory=dict)
    untold: set[str] = field(default_factory=set)
    alive: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    looks: int = 0
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def now(self) -> datetime:
        return self.clock.town_time(real_now())

    @property
    def today(self) -> date:
        return today(self.now)

    async def begin_anew(self) -> None:
        """Back to the first day, so that each round lives through the same weekends."""
        self.clock = new_clock(self.clock.speed)
        async with self.database.transaction() as connection:
            await set_clock(connection, self.clock)

    async def look(self) -> None:
        """Read, again and again, what every life in flight waits for."""
        while True:
            async with self.database.transaction() as connection:
                rows = (await connection.execute(_STATE, {"alive": list(self.alive)})).all()
            self.tasks = {subject: int(value) for kind, subject, value in rows if kind == "task"}
            self.untold = {subject for kind, subject, _ in rows if kind == "told"}
            self.ended = {subject for kind, subject, _ in rows if kind == "ended"}
            self.looks += 1
            async with self.news:
                self.news.notify_all()
            await asyncio.sleep(_LOOK_EVERY)

    async def send_post(self) -> None:
        """A story hears of a letter only when it left so late that the story has asked for it."""
        while True:
            async with self.database.transaction() as connection:
                values = {"body": "x" * 600, "on": self.today}
                for claim_id, key, is_late in (await connection.execute(_POST, values)).all():
                    if is_late:
                        payload = {"key": key, "deadline": self.today.isoformat()}
                        await tell(connection, f"claim-{claim_id}", "letter_sent", payload)
            await asyncio.sleep(_POST_EVERY)

    async def until(self, is_so: Callable[[], bool], first_look: int = 0) -> None:
        async with self.news:
            await self.news.wait_for(lambda: self.looks >= first_look and is_so())

    async def end_of(self, *ids: str) -> None:
        await self.until(lambda: self.ended.issuperset(ids))
        self.alive.difference_update(ids)

    async def told(self, target: str) -> None:
        """Wait until every message to *target* has arrived at its story."""
        await self.until(lambda: target not in self.untold, self.looks + 2)


async def live(town: Town, number: int, instalments: int) -> str:
    """One claim's life; returns its id."""
    async with town.database.transaction() as connection:
        claim = await register(
            connection, town.policy, new_claim(number, town.today), town.today, HOUSE.id
        )
    town.alive.add(claim.claim_id)
    await town.until(lambda: claim.claim_id in town.tasks)
    agreement = await _agree(town, claim.claim_id, instalments)
    town.alive.add(agreement)
    await town.told(f"agreement-{agreement}")
    for instalment, amount in enumerate(await _amounts(town, claim.claim_id), start=1):
        await _pay(town, claim.claim_id, instalment, amount)
        await town.told(f"agreement-{agreement}")
    await town.end_of(claim.claim_id, agreement)
    return claim.claim_id


async def _agree(town: Town, claim_id: str, months: int) -> str:
    wish = NewAgreement((claim_id,), town.today + timedelta(days=2000), months=months)
    decision = NewDecision(Outcome.AGREEMENT, "Aftalt i telefonen", agreement=wish)
    async with town.database.transaction() as connection:
        decided = await decide(
            connection, town.policy, town.tasks[claim_id], decision, ANNA, town.now, town.today
        )
    assert decided.agreement_id
    return decided.agreement_id


async def _amounts(town: Town, claim_id: str) -> list[Money]:
    """Exactly what each instalment asks for; the last one takes all there is."""
    async with town.database.transaction() as connection:
        owed, totals = (await connection.execute(_INSTALMENTS, {"id": claim_id})).one()
    marks = [0, *totals[:-1], owed]
    return [Money(until - since) for since, until in pairwise(marks)]


async def _pay(town: Town, claim_id: str, number: int, amount: Money) -> None:
    payment = NewPayment(f"{claim_id}-{number}", amount, town.today, town.today, claim_id=claim_id)
    async with town.database.transaction() as connection:
        await book_payment(connection, town.policy, payment, town.today, HOUSE.id)


@asynccontextmanager
async def town_of(
    url: str, letters: tuple[Letter, ...], speed: float = 86400 / SECONDS_A_DAY
) -> AsyncIterator[Town]:
    """A town on a clock of *speed*, where someone looks and the post goes out."""
    town = Town(Database(url), bench_policy(*letters), new_clock(speed))
    await move_in(town.database, town.clock)
    chores = [asyncio.create_task(town.look()), asyncio.create_task(town.send_post())]
    try:
        yield town
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await town.database.close()
