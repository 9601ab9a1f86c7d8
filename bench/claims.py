"""The reference unit of a claim's life, beside a workflow that waits as long and does nothing.

Start, demand, reminder, dialogue decided as an agreement, three instalments, closed; every message
confirmed before the next; 200 lives in flight. The post room is only imagined here: a letter's
600-byte body is written and marked as sent, in bulk.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import text
from temporalio.client import Client

from bench import bare
from bench.ground import Ground, ground, prepare
from bench.town import ANNA, SECONDS_A_DAY, bench_policy, move_in, new_claim
from bench.workers import BARE_QUEUE
from domain.authority import HOUSE
from domain.calendar import TownClock, today
from domain.decisions import Outcome
from domain.letters import Letter
from domain.money import Money
from domain.policy import Policy
from persistence.agreeing import NewAgreement
from persistence.booking import NewPayment, book_payment
from persistence.database import Database
from persistence.deciding import NewDecision, decide
from persistence.registration import register
from workflows.wire import DATA_CONVERTER

IN_FLIGHT = 200
UNIT = (Letter.DEMAND, Letter.FIRST_REMINDER)
LONG_LIFE = (Letter.DEMAND, Letter.COURTESY_NOTICE, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)
_LOOK_EVERY = 0.1
_POST_EVERY = 0.05
_WAIT = 2 * SECONDS_A_DAY  # what a letter of one day gives, weekends counted in
_STATE = text("""
select 'task', subject, id::text from tasks where state = 'open'
union all select distinct 'told', target, '' from outbox where delivered_at is null
union all select 'ended', id, ending from claims where id = any(:alive) and ending is not null""")
_POST = text("""
update letters set state = 'dispatched', dispatched_on = planned_on, body = :body
where state = 'requested' and planned_on <= :on""")


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
        return self.clock.town_time(datetime.now(UTC))  # noqa: TID251  # the bench is an edge

    @property
    def today(self) -> date:
        return today(self.now)

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
        """The post of a day leaves that day, so no story need hear of it."""
        while True:
            async with self.database.transaction() as connection:
                values = {"body": "x" * 600, "on": self.today}
                await connection.execute(_POST, values)
            await asyncio.sleep(_POST_EVERY)

    async def until(self, is_so: Callable[[], bool], first_look: int = 0) -> None:
        async with self.news:
            await self.news.wait_for(lambda: self.looks >= first_look and is_so())

    async def end_of(self, claim_id: str) -> None:
        await self.until(lambda: claim_id in self.ended)
        self.alive.discard(claim_id)

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
    await town.told(f"agreement-{agreement}")
    for instalment in range(1, instalments + 1):
        await _pay(town, claim.claim_id, agreement, instalment)
        await town.told(f"agreement-{agreement}")
    await town.end_of(claim.claim_id)
    return claim.claim_id


async def _agree(town: Town, claim_id: str, months: int) -> str:
    wish = NewAgreement((claim_id,), town.today + timedelta(days=2000), months=months)
    decision = NewDecision(Outcome.AGREEMENT, "Aftalt i telefonen", agreement=wish)
    async with town.database.transaction() as connection:
        agreement = await decide(
            connection, town.policy, town.tasks[claim_id], decision, ANNA, town.now, town.today
        )
    assert agreement
    return agreement


async def _pay(town: Town, claim_id: str, agreement: str, number: int) -> None:
    """Exactly what is missing of the instalment; the last one takes all there is."""
    missing = text("""select i.total_ore - g.paid_ore, (select max(number) from instalments
        where agreement_id = g.id) = i.number, c.balance_ore
        from agreements g join instalments i on i.agreement_id = g.id join claims c on c.id = :id
        where g.id = :agreement and i.number = :number""")
    async with town.database.transaction() as connection:
        values = {"agreement": agreement, "number": number, "id": claim_id}
        row = (await connection.execute(missing, values)).one()
        amount = Money(row[2] if row[1] else row[0])
        payment = NewPayment(
            f"{claim_id}-{number}", amount, town.today, town.today, claim_id=claim_id
        )
        await book_payment(connection, town.policy, payment, town.today, HOUSE.id)


@dataclass(frozen=True)
class Round:
    """What one run of *lives* lives cost."""

    lives: int
    seconds: float
    used: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.lives / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * sum(self.used.values()) / self.lives


async def measure(
    standing: Ground, lives: int, one: Callable[[int], Awaitable[Any]], first: int
) -> Round:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def gated(number: int) -> None:
        async with gate:
            await one(number)

    before, began = standing.seconds_used(), time.perf_counter()
    await asyncio.gather(*(gated(first + n) for n in range(lives)))
    seconds, after = time.perf_counter() - began, standing.seconds_used()
    return Round(lives, seconds, {name: after[name] - before[name] for name in after})


async def run(*, is_small: bool) -> dict[str, Any]:
    """The figures of the issue; the last line the command prints."""
    lives, rounds = (60, 1) if is_small else (400, 3)
    with ground() as standing:
        url = await prepare(standing)
        client = await Client.connect(standing.temporal.address, data_converter=DATA_CONVERTER)
        real, twin = await _interleave(standing, client, url, lives, rounds)
        paid, reference = await _count_events(standing, client, url)
    return _figures(real, twin, paid, reference)


async def _interleave(
    standing: Ground, client: Client, url: str, lives: int, rounds: int
) -> tuple[list[Round], list[Round]]:
    """A B A B, so that a machine whose speed drifts treats both alike."""
    facts = {"address": standing.temporal.address, "database_url": url}
    standing.start_child("worker", "bench.workers", kind="real", letters=",".join(UNIT), **facts)
    standing.start_child("bare", "bench.workers", kind="bare", letters="", **facts)
    real, twin = [], []
    async with town_of(url, UNIT) as town:
        await asyncio.gather(live(town, 0, 3), bare.live(client, "warm", BARE_QUEUE, _WAIT))
        for n in range(rounds):
            first = 1 + n * lives
            twin.append(
                await measure(
                    standing,
                    lives,
                    lambda i: bare.live(client, f"bare-{i}", BARE_QUEUE, _WAIT),
                    first,
                )
            )
            real.append(await measure(standing, lives, lambda i: live(town, i, 3), first))
    standing.end_child("worker")
    return real, twin


@asynccontextmanager
async def town_of(
    url: str, letters: tuple[Letter, ...], speed: float = 86400 / SECONDS_A_DAY
) -> AsyncIterator[Town]:
    """A town on a clock of *speed*, where someone looks and the post goes out."""
    real_now = datetime.now(UTC)  # noqa: TID251  # the bench is an edge
    clock = TownClock(real_now, datetime(2026, 3, 2, 8, tzinfo=UTC), speed)
    town = Town(Database(url, pool_size=24), bench_policy(*letters), clock)
    await move_in(town.database, clock)
    chores = [asyncio.create_task(town.look()), asyncio.create_task(town.send_post())]
    try:
        yield town
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await town.database.close()


async def _count_events(standing: Ground, client: Client, url: str) -> tuple[int, int]:
    """Events of real histories: a claim paid on time, and the reference life."""
    facts = {"address": standing.temporal.address, "database_url": url}
    standing.start_child("long", "bench.workers", kind="real", letters=",".join(LONG_LIFE), **facts)
    async with town_of(url, LONG_LIFE, speed=1) as town:
        paid = await _pay_on_time(town)
        on_time = await _events(client, f"claim-{paid}")
    async with town_of(url, LONG_LIFE, speed=3 * 86400 / SECONDS_A_DAY) as town:
        claim = await live(town, 10_000_001, 12)
        agreement = await _value(town, "select max(id) from agreements")
        events = await _events(client, f"claim-{claim}")
        events += await _events(client, f"agreement-{agreement}")
    return on_time, events


async def _pay_on_time(town: Town) -> str:
    new = new_claim(10_000_000, town.today + timedelta(days=20))
    async with town.database.transaction() as connection:
        claim = await register(connection, town.policy, new, town.today, HOUSE.id)
    await town.told(f"claim-{claim.claim_id}")
    payment = NewPayment(
        "on-time", Money.kroner(1200), town.today, town.today, claim_id=claim.claim_id
    )
    town.alive.add(claim.claim_id)
    await asyncio.sleep(1)
    async with town.database.transaction() as connection:
        await book_payment(connection, town.policy, payment, town.today, HOUSE.id)
    await town.end_of(claim.claim_id)
    return claim.claim_id


async def _value(town: Town, query: str) -> Any:
    async with town.database.transaction() as connection:
        return (await connection.execute(text(query))).scalar()


async def _events(client: Client, workflow_id: str) -> int:
    handle = client.get_workflow_handle(workflow_id)
    await handle.result()
    return len((await handle.fetch_history()).events)


def _figures(real: list[Round], twin: list[Round], paid: int, reference: int) -> dict[str, Any]:
    """Medians of the pairs measured side by side."""
    pairs = list(zip(real, twin, strict=True))
    spent: dict[str, float] = {}
    for one in real:
        for name, seconds in one.used.items():
            spent[name] = spent.get(name, 0) + 1000 * seconds / one.lives / len(real)
    return {
        "claims_per_s": round(median(r.per_second for r in real), 1),
        "bare_per_s": round(median(t.per_second for t in twin), 1),
        "ratio_to_bare": round(median(r.per_second / t.per_second for r, t in pairs), 2),
        "cpu_ratio_to_bare": round(median(r.cpu_ms / t.cpu_ms for r, t in pairs), 2),
        "cpu_ms": {name: round(ms, 1) for name, ms in spent.items()},
        "bare_cpu_ms": round(median(t.cpu_ms for t in twin), 1),
        "events_paid_on_time": paid,
        "events_reference_life": reference,
        "limited_by": max(spent, key=lambda name: spent[name]),
    }
