"""How the town's time runs, kept so that every process reads the same."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import REAL_TIME, TownClock
from persistence.models import TownClockRow


async def read_clock(connection: AsyncConnection) -> TownClock:
    row = (await connection.execute(select(TownClockRow))).mappings().first()
    if row is None:
        return REAL_TIME
    return TownClock(row["real_start"], row["town_start"], row["speed"])


async def set_clock(connection: AsyncConnection, clock: TownClock) -> None:
    """The demo's: stories already asleep must be told by the signal ``clock_set``."""
    values = {
        "real_start": clock.real_start,
        "town_start": clock.town_start,
        "speed": clock.speed,
    }
    statement = insert(TownClockRow).values(id=1, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
