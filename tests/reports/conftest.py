"""A house of which only the books are open."""

import pytest_asyncio

from persistence.database import Database
from policies.loading import load_policy
from tests.reports.books import Books


@pytest_asyncio.fixture
async def books(database_url):
    database = Database(database_url, 2)
    yield Books(database, load_policy("skanderborg"))
    await database.close()
