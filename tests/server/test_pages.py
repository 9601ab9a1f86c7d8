"""On a real server: long lives turn pages, and a sleeping claim moves to new code."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.service import RPCError

from persistence.claims.sleeping import living_stories, nudge
from policies.loading import load_policy
from tests.server.fast_town import FastTown
from workers.builds import Build, known_builds
from workers.relay import Relay
from workers.stories import DEPLOYMENT, story_worker


@asynccontextmanager
async def relaying(database, client, policy):
    stop = asyncio.Event()
    carrying = asyncio.create_task(Relay(database, client, policy).run(stop))
    yield
    stop.set()
    await carrying


async def test_a_long_life_turns_many_pages_and_repeats_no_act(client, fast_database):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    async with story_worker(client, database, policy), relaying(database, client, policy):
        claim = await town.open(kroner=2000)
        for number in range(3):
            await town.until(claim, f"dialogue-{number}")
            await town.agree(claim, f"dialogue-{number}")
        await town.until(claim, "dialogue-3")
        await town.write_off(claim, 3)
    runs = [w async for w in client.list_workflows(f'WorkflowId="claim-{claim}"')]
    acts = await town.acts(claim)
    assert len(runs) > 2
    assert len(set(acts)) == len(acts)
    assert acts[-1] == "close"


async def test_a_sleeping_claim_moves_to_new_code_when_all_pages_are_turned(client, fast_database):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    async with relaying(database, client, policy):
        old = story_worker(client, database, policy, "build-1")
        async with old:
            await make_current(client, "build-1")
            claim = await town.open()
            await town.until(claim, "dialogue-0")
            handle = client.get_workflow_handle(f"claim-{claim}")
            assert await build_of(handle) == "build-1"
            async with story_worker(client, database, policy, "build-2"):
                await make_current(client, "build-2")
                async with database.transaction() as connection:
                    await nudge(connection, await living_stories(connection))
                await until_build(handle, "build-2")
                await old.shutdown()
                await town.write_off(claim, 0)
    acts = await town.acts(claim)
    assert len(set(acts)) == len(acts)


async def test_a_build_whose_stories_nobody_tells_is_stuck(client, fast_database, monkeypatch):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    async with (
        relaying(database, client, policy),
        story_worker(client, database, policy, "build-1"),
    ):
        await make_current(client, "build-1")
        await town.until(await town.open(), "dialogue-0")
        assert await until_known(client, stories=1) == Build("build-1", True, True, 1)
    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr("workers.builds.real_now", lambda: later)
    [build] = await known_builds(client)
    assert build.is_stuck


async def until_known(client, stories):
    """Temporal's list of stories is a moment behind."""
    for _ in range(200):
        [build] = await known_builds(client)
        if build.stories == stories:
            return build
        await asyncio.sleep(0.05)
    raise AssertionError(build)


async def make_current(client, build):
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=build, identity="test"
    )
    for _ in range(100):
        try:
            await client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError(f"{build} never became current")


async def build_of(handle):
    description = await handle.describe()
    info = description.raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id


async def until_build(handle, build):
    for _ in range(200):
        if await build_of(handle) == build:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"still on {await build_of(handle)}")
