"""That the inbox is in today's order, even where the daily watch has not been round yet."""

from datetime import date
from weakref import WeakKeyDictionary

from api.house import House
from persistence.database import Database
from persistence.tasks.weighing import weigh

_done: WeakKeyDictionary[Database, date] = WeakKeyDictionary()


async def keep_weighed(house: House) -> None:
    """A part at a time and in a transaction of its own, so that it keeps nobody waiting."""
    if _done.get(house.database) == house.today:
        return
    async with house.database.transaction() as connection:
        if await weigh(connection, house.today):
            _done[house.database] = house.today
