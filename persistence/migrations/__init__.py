"""How the database grows with the house, one numbered step after another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

FOLDER = Path(__file__).parent
_LOCK = 7431842  # Two processes that start at once must not migrate at once.
_PATIENCE_SECONDS = 0.2
_TRY_LOCK = text(f"select pg_try_advisory_lock({_LOCK})")
_UNLOCK = text(f"select pg_advisory_unlock({_LOCK})")


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at *url* to *revision*; a database already there is left alone.

    Each step is a transaction: one that cannot have its lock leaves those before it done.
    """
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection, _alone(connection):
            await connection.run_sync(lambda sync: command.upgrade(configuration(sync), revision))
    finally:
        await engine.dispose()


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
