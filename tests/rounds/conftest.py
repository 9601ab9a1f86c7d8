"""A house without stories: its tables, its sandboxes and its rounds."""

from datetime import date, datetime

import pytest
import pytest_asyncio

from domain.calendar import COPENHAGEN
from gateways.choose import choose
from policies.loading import load_policy
from tests.rounds.house import RoundsHouse
from tests.sealed import sealed_database


@pytest.fixture
def monday():
    return datetime(2026, 3, 2, 9, tzinfo=COPENHAGEN)


@pytest_asyncio.fixture
async def house(database_url, tmp_path):
    database = await sealed_database(database_url)
    yield RoundsHouse(database, load_policy("skanderborg"), choose(tmp_path), date(2026, 3, 2))
    await database.close()
