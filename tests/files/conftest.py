import pytest

from persistence.database import Database
from policies.loading import load_policy
from tests.files.desk import Desk


@pytest.fixture(scope="session")
def policy():
    return load_policy("skanderborg")


@pytest.fixture
async def database(database_url):
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def desk(database, policy):
    return Desk(database, policy)
