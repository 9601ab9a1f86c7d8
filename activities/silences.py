"""Writes down that a counterpart does not answer, so that people see what waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from domain.errors import GatewayUnavailable
from persistence.database import Database
from persistence.steering.silences import note_answer, note_silence


@asynccontextmanager
async def listening(database: Database, gateway: str, now: datetime) -> AsyncIterator[None]:
    """What is asked of *gateway* inside ends its silence, or is one more try in vain."""
    try:
        yield
    except GatewayUnavailable:
        async with database.transaction() as connection:
            await note_silence(connection, gateway, now)
        raise
    async with database.transaction() as connection:
        await note_answer(connection, gateway, now)
