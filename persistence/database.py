"""The connection to PostgreSQL, and the one way to open a transaction."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnClause,
    ExceptionContext,
    NullPool,
    String,
    TableValuedAlias,
    bindparam,
    event,
    func,
    literal_column,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from sealing.keys import KeyRing
from sealing.safe import Safe

# To plan an act's question takes longer than to answer it, so each connection plans it once. What
# a partial index needs to see must then stand in the question itself, as `literally` writes it.
_PLAN_ONCE = {"plan_cache_mode": "force_generic_plan"}
_PLAN_ANEW = text("set local plan_cache_mode = force_custom_plan")
_PATIENCE_SECONDS = 120.0
_PATIENCE_WITH_CALLS = 10.0
LOOKUP_KEY, SAFE = "lookup_key", "safe"
"""The names under which a connection knows the key, and what opens what is sealed in its tables."""


async def plan_anew(connection: AsyncConnection) -> None:
    """For the rest of the transaction: what is rare among the rows is worth knowing to the planner.

    For questions whose answer stands in one index or another, by what is asked for.
    """
    await connection.execute(_PLAN_ANEW)


def literally(value: str) -> ColumnClause[str]:
    """A value of our own, written into the statement instead of bound to it."""
    return literal_column(f"'{value}'", String)


def numbers(*columns: str) -> TableValuedAlias:
    """A table of whole numbers; each column is bound, by its name, to a list.

    Unlike VALUES its statement is the same for any number of rows.
    """
    arrays = [bindparam(name, type_=ARRAY(BigInteger)) for name in columns]
    return func.unnest(*arrays).table_valued(*columns).render_derived()


def _give_up_the_silent(context: ExceptionContext) -> None:
    """To ask once more on a connection that no longer answers would be to wait for ever."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class Database:
    """A pool of connections. *url* is ``postgresql+asyncpg://…``.

    *lookup_key* is what national ids are hashed with (`persistence.debtors.lookup`), *record_keys*
    what they are sealed with (`persistence.debtors.numbers`). *patience*: seconds without an answer
    after which the server is taken to be gone; TimeoutError says so. Nor does the server wait
    longer for the next word of a transaction, which keeps claims locked.
    """

    def __init__(
        self,
        url: str,
        pool_size: int = 8,
        lookup_key: str | None = None,
        record_keys: KeyRing | None = None,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self.url = url
        self._calls = {
            "command_timeout": patience,
            "timeout": min(patience, _PATIENCE_WITH_CALLS),
        }
        server_settings = {
            **_PLAN_ONCE,
            "idle_in_transaction_session_timeout": f"{patience * 1000:.0f}",  # ms
        }
        self.safe = Safe(record_keys) if record_keys else None
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,  # one opened for a moment would learn all plans anew, and forget them
            pool_pre_ping=False,
            json_serializer=_dump,
            connect_args={**self._calls, "server_settings": server_settings},
            hide_parameters=True,  # they hold national ids, and errors are logged
            execution_options={LOOKUP_KEY: lookup_key, SAFE: self.safe},
        )
        event.listen(self.engine.sync_engine, "handle_error", _give_up_the_silent)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Everything inside is done, or nothing. Code inside never commits."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[AsyncConnection]:
        """For one statement that needs none beside it: nothing is sent to begin and to end it."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def listening(self, channel: str, heard: Callable[[str], None]) -> AsyncIterator[Any]:
        """While open, *heard* is called with what is told on *channel*; the driver's connection.

        It is none of the pool's, so that those who listen keep nobody waiting.
        """
        engine = create_async_engine(self.url, poolclass=NullPool, connect_args=self._calls)
        try:
            async with engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None
                await raw.add_listener(channel, lambda *told: heard(told[-1]))
                yield raw
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def trial(self) -> AsyncIterator[AsyncConnection]:
        """What is done inside can be looked at, and is then undone: for "what would happen"."""
        async with self.engine.connect() as connection:  # closed, it forgets what was not committed
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()
