"""The worker processes of a bench: the real one with its relay, or the do-nothing twin's."""

import asyncio
import json
import signal
import sys
from contextlib import AsyncExitStack

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.bare import BareAgreement, BareClaim
from bench.town import bench_policy
from domain.letters import Letter
from persistence.database import Database
from workers import loop
from workers.relay import Relay
from workers.stories import story_worker
from workflows.wire import DATA_CONVERTER

BARE_QUEUE = "bare"


async def main(kind: str, address: str, database_url: str, letters: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    async with AsyncExitStack() as stack:
        if kind == "bare":
            await stack.enter_async_context(_bare(client))
            await stop.wait()
        else:
            policy = bench_policy(*(Letter(name) for name in letters.split(",")))
            database = Database(database_url)
            await stack.enter_async_context(story_worker(client, database, policy))
            await Relay(database, client, policy).run(stop)


def _bare(client: Client) -> Worker:
    return Worker(
        client,
        task_queue=BARE_QUEUE,
        workflows=[BareClaim, BareAgreement],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))
