"""The reference unit of a claim's life, beside a workflow that waits as long and does nothing.

Start, demand, reminder, dialogue decided as an agreement, three instalments, closed; every message
confirmed before the next; 200 lives in flight.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import text
from temporalio.client import Client

from bench import bare
from bench.ground import Ground, ground, prepare
from bench.lives import Town, live, town_of
from bench.town import SECONDS_A_DAY, new_claim, new_clock
from bench.workers import BARE_QUEUE
from domain.authority import HOUSE
from domain.letters import Letter
from domain.money import Money
from persistence.claims.registration import register
from persistence.money.booking import NewPayment, book_payment
from workflows.wire import DATA_CONVERTER

IN_FLIGHT = 200
UNIT = (Letter.DEMAND, Letter.FIRST_REMINDER)
LONG_LIFE = (Letter.DEMAND, Letter.COURTESY_NOTICE, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)
_PATIENCE = 600  # seconds: a life that is stuck is a fault to be told, not to be waited for


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
    async with asyncio.timeout(_PATIENCE):
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
        await asyncio.gather(live(town, 0, 3), bare.live(client, town.clock, "warm", BARE_QUEUE))
        for n in range(rounds):
            first = 1 + n * lives
            twin.append(await _measure_twin(standing, client, lives, first))
            await town.begin_anew()
            real.append(await measure(standing, lives, lambda i: live(town, i, 3), first))
    standing.end_child("worker")
    return real, twin


async def _measure_twin(standing: Ground, client: Client, lives: int, first: int) -> Round:
    clock = new_clock()

    async def one(number: int) -> None:
        await bare.live(client, clock, f"bare-{number}", BARE_QUEUE)

    return await measure(standing, lives, one, first)


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
