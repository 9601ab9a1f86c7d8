import pytest

from policies.loading import load_policy
from tests.files.desk import Desk
from tests.sealed import sealed_database


@pytest.fixture(scope="session")
def policy():
    return load_policy("skanderborg")


@pytest.fixture
async def database(database_url):
    database = await sealed_database(database_url)
    yield database
    await database.close()


@pytest.fixture
def desk(database, policy):
    return Desk(database, policy)
