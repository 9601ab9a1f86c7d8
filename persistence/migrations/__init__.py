"""How the database grows with the house, one numbered step after another."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

FOLDER = Path(__file__).parent
_LOCK = 7431842  # Two processes that start at once must not migrate at once.
_PATIENCE_SECONDS = 0.2
_TRY_LOCK = text(f"select pg_try_advisory_lock({_LOCK})")
_UNLOCK = text(f"select pg_advisory_unlock({_LOCK})")
# Whoever waits for a table keeps everyone waiting who comes after: so a step does not wait long,
# and its own `set local lock_timeout` is no longer than that.
_BRIEFLY = text("set lock_timeout = '4s'")
_REST_SECONDS = 3.0  # in which those who queued behind a step get their turn
_PERSEVERANCE_SECONDS = 600.0
_IN_USE = {"55P03", "40P01"}  # the lock was not to be had; two waited for each other
_log = structlog.get_logger()


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(
    url: str, revision: str = "head", perseverance: float = _PERSEVERANCE_SECONDS
) -> None:
    """Bring the database at *url* to *revision*; a database already there is left alone.

    Each step is a transaction: one that cannot have its lock leaves those before it done, and is
    tried again for so many seconds. Raises DBAPIError when the table is still in use then.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection, _alone(connection):
            await _climb(connection, revision, time.monotonic() + perseverance)
    finally:
        await engine.dispose()


async def _climb(connection: AsyncConnection, revision: str, latest: float) -> None:
    """*latest*: the moment, by the monotonic clock, after which nothing is tried again."""
    while True:
        await connection.execute(_BRIEFLY)
        await connection.commit()
        try:
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), revision))
        except DBAPIError as trouble:
            if not _is_in_use(trouble) or time.monotonic() >= latest:
                raise
            await connection.rollback()
            _log.info("a table is in use: the step is tried again soon")
            await asyncio.sleep(_REST_SECONDS)
        else:
            return


def _is_in_use(trouble: DBAPIError) -> bool:
    return getattr(trouble.orig, "sqlstate", None) in _IN_USE


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Asked for again and again: whoever sleeps in a question keeps an index from being built."""
    while not (await connection.execute(_TRY_LOCK)).scalar_one():
        await connection.rollback()
        await asyncio.sleep(_PATIENCE_SECONDS)
    await connection.commit()
    try:
        yield
    finally:
        await connection.rollback()
        await connection.execute(_UNLOCK)
        await connection.commit()
