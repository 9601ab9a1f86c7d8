"""One time-skipping server and one worker for each module of stories."""

from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.worker import Worker

from persistence.database import Database
from policies.loading import load_policy
from tests.stories.town import Town, move_in
from workers.registry import story_activities, story_workflows


@pytest.fixture
def policy():
    return load_policy("skanderborg")


@pytest_asyncio.fixture
async def town(time_skipping, database_url, policy):
    database = Database(database_url)
    await move_in(database)
    queue = f"stories-{uuid4()}"
    worker = Worker(
        time_skipping.client,
        task_queue=queue,
        workflows=story_workflows(),
        activities=story_activities(database, policy),
    )
    async with worker:
        yield Town(time_skipping, database, policy, queue)
    await database.close()
