"""A file's workflow reads it to its end, also when its worker is stopped on the way."""

import asyncio
from datetime import date

import pytest
from temporalio.worker import Replayer, Worker

from activities.claim_files import ROWS_AT_ONCE, ClaimFileActivities
from activities.files import receive_file
from persistence.files import received as files
from tests.files.builders import a_row, a_source, a_table
from tests.files.desk import FOR_EVER
from workflows.claim_files import ClaimFileWorkflow, FileReading, file_workflow_id
from workflows.queues import ROUNDS


@pytest.fixture
def temporal(time_skipping):
    return time_skipping.client


def worker(temporal, database, policy):
    acts = ClaimFileActivities(database, policy, FOR_EVER)
    return Worker(
        temporal,
        task_queue=ROUNDS,
        max_cached_workflows=0,  # the next worker shall not wait for the memory of this one
        workflows=[ClaimFileWorkflow],
        activities=[acts.look_through, acts.take_rows],
    )


async def receive(database, *rows):
    today = date(2026, 3, 2)
    return (await receive_file(database, "claims", "krav.csv", a_table(*rows), "anna", today))[0]


async def start(temporal, file_id):
    return await temporal.start_workflow(
        ClaimFileWorkflow.run,
        FileReading(file_id),
        id=file_workflow_id(file_id),
        task_queue=ROUNDS,
    )


async def progress(database, file_id):
    async with database.transaction() as connection:
        return await files.progress(connection, file_id)


async def test_a_file_is_read_to_its_end(temporal, database, policy):
    source = a_source()
    rows = [a_row(source, number) for number in range(1, ROWS_AT_ONCE + 4)]
    file_id = await receive(database, *rows, a_row(source, 9999, navn=""))
    async with worker(temporal, database, policy):
        handle = await start(temporal, file_id)
        done = await handle.result()
        told = await handle.query(ClaimFileWorkflow.progress)
    assert done == told == FileReading(file_id, len(rows) + 1, len(rows) + 1, is_done=True)
    kept = await progress(database, file_id)
    assert (kept.state, kept.rows_taken, kept.rows_refused) == ("done", len(rows), 1)
    await Replayer(workflows=[ClaimFileWorkflow]).replay_workflow(await handle.fetch_history())


async def test_a_refused_file_is_done_at_once(temporal, database, policy):
    file_id, _ = await receive_file(
        database, "claims", "x", a_source().encode(), "anna", date(2026, 3, 2)
    )
    async with worker(temporal, database, policy):
        done = await (await start(temporal, file_id)).result()
    assert done == FileReading(file_id, is_done=True)
    assert (await progress(database, file_id)).state == "refused"


async def test_a_worker_that_stops_leaves_the_rest_to_the_next(temporal, database, policy):
    source = a_source()
    count = 4 * ROWS_AT_ONCE
    file_id = await receive(database, *(a_row(source, number) for number in range(1, count + 1)))
    async with worker(temporal, database, policy):
        handle = await start(temporal, file_id)
        while (await handle.query(ClaimFileWorkflow.progress)).rows_done == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    async with worker(temporal, database, policy):
        assert (await handle.result()).rows_done == count
    kept = await progress(database, file_id)
    assert (kept.rows_taken, kept.rows_refused) == (count, 0)
