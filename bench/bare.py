"""The do-nothing twin: workflows with the waits of a claim's life and nothing done in between.

A claim that waits for the demand, for the reminder (both by the same calendar) and for a decision;
an agreement that waits for three instalments, each with a timer of a month. What comes from outside
is an update that is answered when the next wait stands, so that every interaction is confirmed
before the next, as the real driver does. No activity, no database.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client

from bench.town import letter_wait
from domain.calendar import TownClock
from workers.clock import real_now

LETTERS = 2
INSTALMENTS = 3
MONTH = timedelta(days=31)


@workflow.defn(name="bare-claim")
class BareClaim:
    def __init__(self) -> None:
        self.is_decided = self.is_settled = False

    @workflow.run
    async def run(self, clock: TownClock) -> None:
        for _ in range(LETTERS):
            await self.wait(letter_wait(clock, workflow.now()))
        await workflow.wait_condition(lambda: self.is_decided)
        await workflow.wait_condition(lambda: self.is_settled)

    async def wait(self, timeout: timedelta) -> None:
        try:
            await workflow.wait_condition(lambda: self.is_settled, timeout=timeout)
        except TimeoutError:
            return

    @workflow.update
    async def decided(self) -> None:
        self.is_decided = True

    @workflow.signal
    def settled(self) -> None:
        self.is_settled = True


@workflow.defn(name="bare-agreement")
class BareAgreement:
    def __init__(self) -> None:
        self.covered = 0

    @workflow.run
    async def run(self) -> None:
        for number in range(1, INSTALMENTS + 1):
            await self.wait_for(number)

    async def wait_for(self, number: int) -> None:
        await workflow.wait_condition(lambda: self.covered >= number, timeout=MONTH)

    @workflow.update
    async def instalment_covered(self, covered: int) -> None:
        self.covered = max(self.covered, covered)


async def live(client: Client, clock: TownClock, name: str, queue: str) -> None:
    """One life, its letters by the town's *clock*."""
    claim = await client.start_workflow(BareClaim.run, clock, id=f"{name}-claim", task_queue=queue)
    await sleep_through_letters(clock)
    agreement = await client.start_workflow(
        BareAgreement.run, id=f"{name}-agreement", task_queue=queue
    )
    await claim.execute_update(BareClaim.decided)
    for number in range(1, INSTALMENTS + 1):
        await agreement.execute_update(BareAgreement.instalment_covered, number)
    await claim.signal(BareClaim.settled)
    await asyncio.gather(claim.result(), agreement.result())


async def sleep_through_letters(clock: TownClock) -> None:
    now = then = real_now()
    for _ in range(LETTERS):
        then += letter_wait(clock, then)
    await asyncio.sleep((then - now).total_seconds())
