"""Writes down that a counterpart does not answer, so that people see what waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from domain.errors import GatewayUnavailable
from persistence.database import Database
from persistence.executions.silences import note_answer, note_silence


@asynccontextmanager
async def noting_silence(database: Database, gateway: str, now: datetime) -> AsyncIterator[None]:
    """That *gateway* does not answer inside is one more try in vain."""
    try:
        yield
    except GatewayUnavailable:
        async with database.transaction() as connection:
            await note_silence(connection, gateway, now)
        raise


@asynccontextmanager
async def handing_over(database: Database, gateway: str, now: datetime) -> AsyncIterator[None]:
    """As `noting_silence`; that it takes what we send ends its silence, and nothing else does.

    One that tells us things but takes nothing would else seem to have fallen silent just now.
    """
    async with noting_silence(database, gateway, now):
        yield
    async with database.transaction() as connection:
        await note_answer(connection, gateway, now)
