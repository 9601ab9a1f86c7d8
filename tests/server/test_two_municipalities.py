"""Two municipalities on one Temporal: a database and a namespace each, and neither knows the other.

Claims are numbered alike in both, so their workflows have the same ids.
"""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from persistence.clock import set_clock
from persistence.database import Database
from policies.loading import load_policy
from sealing.keys import KeyRing, new_key
from tests.conftest import fresh_database
from tests.server.fast_town import FastTown
from tests.server.test_pages import relaying
from workers.stories import story_worker
from workflows.wire import data_converter

A_DAY = Duration(seconds=int(timedelta(days=1).total_seconds()))


async def namespace_of(address, name):
    """A client of a new namespace of that name, with a key of its own."""
    client = await Client.connect(address)
    request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=A_DAY)
    await client.workflow_service.register_namespace(request)
    converter = data_converter(KeyRing.read(new_key(name)))
    for _ in range(100):
        there = await Client.connect(address, namespace=name, data_converter=converter)
        try:
            await there.count_workflows()
        except RPCError:  # it takes some seconds until every part of the server knows it
            await asyncio.sleep(0.2)
        else:
            return there
    raise AssertionError(f"{name} never came")


@pytest_asyncio.fixture
async def other_database(postgres_url, fast_database):
    _, clock = fast_database
    async with fresh_database(postgres_url) as url:
        database = Database(url)
        async with database.transaction() as connection:
            await set_clock(connection, clock)
        yield database
        await database.close()


async def test_each_lives_its_own_lives(low_limits, fast_database, other_database):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    towns, clients = {}, {}
    async with AsyncExitStack() as house:
        for name, its in (("skanderborg", database), ("odder", other_database)):
            client = clients[name] = await namespace_of(low_limits.address, name)
            towns[name] = FastTown(its, clock, policy)
            await towns[name].move_in()
            await house.enter_async_context(story_worker(client, its, policy))
            await house.enter_async_context(relaying(its, client, policy))
        claims = {name: await town.open() for name, town in towns.items()}
        assert claims["skanderborg"] == claims["odder"], "they are numbered alike"
        claim = claims["odder"]
        await asyncio.gather(*(town.until(claim, "dialogue-0") for town in towns.values()))
        await towns["odder"].write_off(claim, 0)
        assert (await towns["odder"].acts(claim))[-1] == "close"
        assert (await towns["skanderborg"].acts(claim))[-1] == "dialogue-0"
        story = f"claim-{claim}"
        await clients["odder"].get_workflow_handle(story).result()
        still = await clients["skanderborg"].get_workflow_handle(story).describe()
        assert still.close_time is None
