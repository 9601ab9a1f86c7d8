"""The ways into a running house: its database and Temporal, as the settings name them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from temporalio.client import Client

from domain.calendar import TownClock, today
from domain.errors import Fault, Invalid
from domain.policy import Policy
from persistence.clock import read_clock
from persistence.database import Database
from policies.loading import load_policy
from settings import Settings, settings
from workers.assembly import connect
from workers.clock import Clock


def database_url(chosen: Settings) -> str:
    """Raises Invalid, saying what to set."""
    if not chosen.database_url:
        raise Invalid(Fault("RETTIDIG_DATABASE_URL", "database-url-missing"))
    return chosen.database_url


@dataclass(frozen=True, slots=True)
class Door:
    """What a command needs of the house."""

    settings: Settings
    database: Database
    policy: Policy
    clock: TownClock

    @property
    def now(self) -> datetime:
        return Clock(self.clock).now()

    @property
    def today(self) -> date:
        return today(self.now)

    async def temporal(self) -> Client:
        """Raises RuntimeError when Temporal does not answer."""
        return await connect(self.settings)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Self]:
        chosen = settings()
        database = Database(database_url(chosen), 2, chosen.lookup_key, chosen.record_ring)
        try:
            policy = load_policy(chosen.policy)
            async with database.transaction() as connection:
                clock = await read_clock(connection)
            yield cls(chosen, database, policy, clock)
        finally:
            await database.close()
