"""A real Temporal server, a real database, and time that runs fast."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.calendar import TownClock
from persistence.clock import set_clock
from persistence.database import Database
from servers.temporal import TemporalServer
from workflows.wire import DATA_CONVERTER

SECONDS_A_DAY = 0.05


@pytest.fixture
def low_limits():
    """A server on which histories are long after fifteen events, so that pages turn often.

    And which says at once that a story's code stumbles.
    """
    with TemporaryDirectory(prefix="rettidig-server-") as folder:
        server = TemporalServer(
            Path(folder),
            durable=False,
            dynamic_config={
                "limit.historyCount.suggestContinueAsNew": 15,
                "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": 1,
            },
        )
        with server:
            yield server


@pytest_asyncio.fixture
async def client(low_limits):
    return await Client.connect(low_limits.address, data_converter=DATA_CONVERTER)


@pytest_asyncio.fixture
async def fast_database(database_url):
    database = Database(database_url)
    now = datetime.now(UTC)
    clock = TownClock(now, datetime(2026, 3, 2, 8, tzinfo=UTC), 86400 / SECONDS_A_DAY)
    async with database.transaction() as connection:
        await set_clock(connection, clock)
    yield database, clock
    await database.close()
