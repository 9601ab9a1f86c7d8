"""A database whose numbers are sealed from the start, as a house with keys has it."""

from persistence.database import Database
from persistence.debtors.sealing_numbers import begin_where_nobody_is
from sealing.keys import KeyRing, new_key

LOOKUP_KEY = "prøvens egen nøgle"
KEYS = new_key("test")


async def sealed_database(url, pool_size=8, keys=KEYS):
    database = Database(url, pool_size, LOOKUP_KEY, KeyRing.read(keys))
    async with database.transaction() as connection:
        await begin_where_nobody_is(connection)
    return database
