"""The worker process of `bench letters`: the rounds of the house, as in production, and killed."""

import json
import signal
import sys
from asyncio import Event, get_running_loop
from dataclasses import replace
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.town import bench_policy
from domain.dated import Dated, Entry
from domain.letters import Letter
from domain.policy import Policy
from gateways.choose import choose
from gateways.serviceplatformen.account import Account
from persistence.database import Database
from workers import loop
from workers.registry import round_activities, round_workflows
from workflows.queues import ROUNDS
from workflows.wire import DATA_CONVERTER

_NOBODYS_CVR, _PRINT_TYPE = "87654321", 265


def unhurried(policy: Policy) -> Policy:
    """All letters of the bench may leave in the same hour."""
    [entry] = policy.post_room.entries
    rule = replace(entry.value, letters_per_hour=10**6, opens_at_hour=0, closes_at_hour=24)
    return replace(policy, post_room=Dated((Entry(entry.since, rule, "bench"),)))


async def main(address: str, database_url: str, platform: str, queue: str, folder: str) -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        get_running_loop().add_signal_handler(number, stop.set)
    policy = unhurried(bench_policy(Letter.FIRST_REMINDER))
    account = Account(platform, queue, _NOBODYS_CVR, policy.municipality, _PRINT_TYPE)
    gateways = choose(Path(folder), account)
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    worker = Worker(
        client,
        task_queue=ROUNDS,
        workflows=round_workflows(),
        activities=round_activities(Database(database_url), policy, gateways),
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=0,
    )
    async with worker:
        await stop.wait()


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))
