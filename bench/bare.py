"""The do-nothing twin: workflows with the waits of a claim's life and nothing done in between.

A claim that waits the demand's time, the reminder's time, and for a decision; an agreement that
waits for three instalments, each with a timer of a month. What comes from outside is an update that
is answered when the next wait stands, so that every interaction is confirmed before the next, as
the real driver does. No activity, no database.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client

INSTALMENTS = 3
MONTH = timedelta(days=31)


@workflow.defn(name="bare-claim")
class BareClaim:
    def __init__(self) -> None:
        self.is_decided = self.is_settled = False

    @workflow.run
    async def run(self, seconds: float) -> None:
        for _ in range(2):
            await self.wait(timedelta(seconds=seconds))
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


async def live(client: Client, name: str, queue: str, seconds: float) -> None:
    """One life. *seconds* is how long each of the two first waits lasts."""
    claim = await client.start_workflow(
        BareClaim.run, seconds, id=f"{name}-claim", task_queue=queue
    )
    await asyncio.sleep(2 * seconds)
    agreement = await client.start_workflow(
        BareAgreement.run, id=f"{name}-agreement", task_queue=queue
    )
    await claim.execute_update(BareClaim.decided)
    for number in range(1, INSTALMENTS + 1):
        await agreement.execute_update(BareAgreement.instalment_covered, number)
    await claim.signal(BareClaim.settled)
    await asyncio.gather(claim.result(), agreement.result())
