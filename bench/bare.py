"""The do-nothing twin: a workflow with the waits of a claim's life and nothing done in between.

Start, a wait for the demand's time, a wait for the reminder's, a wait for a person's decision,
three instalments each with a timer of a month, the end. Every message is confirmed by an update.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client

TIMES = 2
INSTALMENTS = 3
MONTH = timedelta(days=31)


@workflow.defn(name="bare")
class BareWorkflow:
    def __init__(self) -> None:
        self.heard = 0

    @workflow.run
    async def run(self) -> int:
        for number in range(TIMES + 1 + INSTALMENTS):
            await self.wait_for(number + 1)
        return self.heard

    async def wait_for(self, number: int) -> None:
        """A timer of a month, cut short by the message; the decision has no timer."""
        timeout = None if number == TIMES + 1 else MONTH
        await workflow.wait_condition(lambda: self.heard >= number, timeout=timeout)

    @workflow.update
    def hear(self, number: int) -> int:
        self.heard = max(self.heard, number)
        return self.heard


async def live(client: Client, name: str, queue: str) -> None:
    """One life, each message sent when the one before it is confirmed."""
    handle = await client.start_workflow(BareWorkflow.run, id=name, task_queue=queue)
    for number in range(TIMES + 1 + INSTALMENTS):
        await handle.execute_update(BareWorkflow.hear, number + 1)
    await handle.result()
