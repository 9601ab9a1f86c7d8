"""What tests of every part share: a PostgreSQL, a fresh database each, and a clock that skips."""

import shutil
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import CacheStats
from temporalio.testing import WorkflowEnvironment
from xdist.scheduler import LoadScopeScheduling

from persistence.migrations import upgrade
from servers import temporal
from servers.postgres import PostgresServer
from workflows.wire import DATA_CONVERTER

# Timing never decides a test: a machine that is busy elsewhere is no fault of ours.
settings.register_profile("whenever", deadline=None)
settings.load_profile("whenever")

TOWNS = ("tests/browser/", "tests/chaos/faults/", "tests/servers/test_composed.py")
TEMPLATE = "rettidig_template"
MEMORY = Path(
    "/dev/shm"
)  # a database is some hundred files: where they are no disk's, it is made at once
_numbers = count(1)


class OneTown(LoadScopeScheduling):
    """Each test goes to whichever worker is free, but all that share a town to one."""

    def _split_scope(self, nodeid):
        return next((town for town in TOWNS if nodeid.startswith(town)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return OneTown(config, log)


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_what_is_compiled_each_time(_connection, _cursor, statement, _values, context, _many):
    """To write a statement anew takes longer than to carry it out: `persistence` never does."""
    is_new_each_time = getattr(context, "cache_hit", None) is CacheStats.NO_CACHE_KEY
    assert not is_new_each_time or context.isddl, f"cannot be kept by its shape: {statement}"


@pytest.fixture(scope="session")
def _postgres():
    """One for each xdist worker: that is quicker than waiting for each other."""
    folder = Path(mkdtemp(prefix="rettidig-tests-", dir=MEMORY if MEMORY.is_dir() else None))
    server = PostgresServer(folder, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_url(_postgres):
    """A running server, where the template database has every table and no rows."""
    async with _administrator(_postgres.url) as administrator:
        await administrator.execute(f"create database {TEMPLATE}")
    await upgrade(_postgres.url_of(TEMPLATE))
    return _postgres.url


@asynccontextmanager
async def fresh_database(postgres_url):
    """A database of one's own, with every table and no rows; gone afterwards."""
    name = f"test_{next(_numbers)}"
    async with _administrator(postgres_url) as administrator:
        await administrator.execute(
            f"create database {name} template {TEMPLATE} strategy file_copy"
        )
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    async with _administrator(postgres_url) as administrator:
        await administrator.execute(f"drop database {name} with (force)")


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(postgres_url):
    async with fresh_database(postgres_url) as url:
        yield url


@asynccontextmanager
async def _administrator(url):
    parts = make_url(url)
    connection = await asyncpg.connect(
        host=parts.query["host"], user=parts.username, database=parts.database
    )
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def time_skipping():
    """A server whose clock skips; one for each test, because the clock is the whole server's."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(temporal.test_server_path()),
        data_converter=DATA_CONVERTER,
    ) as environment:
        yield environment
