"""A step that cannot have its table gives up and tries again; nobody queues behind it for long."""

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

import persistence.migrations
from persistence.migrations import upgrade
from tests.upgrade import next_release

LONGEST_WAIT = 20.0  # seconds; a step asks for its lock for four at most, the rest is leniency
READ = text("select count(*) from claims")
WRITE = text("update claims set description = description where false")
ADDED = text("select count(*) from information_schema.columns where column_name = 'one_more'")


@pytest.fixture(autouse=True)
def one_more_step(monkeypatch):
    """One is still to be taken, and needs all of a table for a moment."""
    monkeypatch.setattr(persistence.migrations, "configuration", next_release.next_configuration)
    monkeypatch.setattr(next_release, "tries", [])


@pytest.fixture
async def engine(database_url):
    engine = create_async_engine(database_url)
    yield engine
    await engine.dispose()


async def test_writers_get_their_turn_while_a_long_reader_keeps_a_step_waiting(
    database_url, engine
):
    async with engine.connect() as reader:
        await reader.execute(READ)  # and its transaction stays open
        climbing = asyncio.create_task(upgrade(database_url))
        waits = await write_until_tried(engine, 3)
        assert not climbing.done()
        await reader.rollback()
    await climbing
    assert max(waits) < LONGEST_WAIT
    assert await columns(engine) == 1


async def test_when_its_perseverance_ends_the_database_is_as_it_was(database_url, engine):
    async with engine.connect() as reader:
        await reader.execute(READ)
        with pytest.raises(DBAPIError, match="lock timeout"):
            await upgrade(database_url, perseverance=0)
    assert await columns(engine) == 0
    await upgrade(database_url)
    assert await columns(engine) == 1


async def write_until_tried(engine, times):
    """How long each writer waited, in seconds."""
    waits = []
    async with asyncio.timeout(120):
        while len(next_release.tries) < times:
            began = time.monotonic()
            async with engine.begin() as writer:
                await writer.execute(WRITE)
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.05)
    return waits


async def columns(engine):
    async with engine.connect() as connection:
        return (await connection.execute(ADDED)).scalar_one()
