"""The worker process of `bench scale`: stories, the rounds that read files, and the relay."""

import json
import signal
import sys
from asyncio import Event, get_running_loop
from contextlib import AsyncExitStack

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.claim_files import ClaimFileActivities
from bench.town import bench_policy
from domain.letters import Letter
from persistence.database import Database
from workers import loop
from workers.addressing import Pace
from workers.relay import Relay
from workers.stories import story_worker
from workflows.claim_files import ClaimFileWorkflow
from workflows.queues import ROUNDS
from workflows.wire import DATA_CONVERTER


async def main(address: str, database_url: str, begins: str, most: str = "2000") -> None:
    """*begins*: how many stories of a file take their first step in a second.

    No more than *most* of them wait to be begun.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        get_running_loop().add_signal_handler(number, stop.set)
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    policy, database = bench_policy(Letter.DEMAND), Database(database_url)
    files = ClaimFileActivities(database, policy, int(most))
    rounds = Worker(
        client,
        task_queue=ROUNDS,
        workflows=[ClaimFileWorkflow],
        activities=[files.look_through, files.take_rows],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=0,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(story_worker(client, database, policy))
        await stack.enter_async_context(rounds)
        await Relay(database, client, policy, pace=Pace(int(begins))).run(stop)


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))
