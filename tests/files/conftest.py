import pytest

from persistence.database import Database
from policies.loading import load_policy


@pytest.fixture(scope="session")
def policy():
    return load_policy("skanderborg")


@pytest.fixture
async def database(database_url):
    database = Database(database_url)
    yield database
    await database.close()
