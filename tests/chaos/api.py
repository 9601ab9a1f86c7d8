"""The API as a process, on a port that stays the same when it starts again."""

import asyncio
import json
import sys

from api.app import create_app
from api.server import serve
from persistence.clock import read_clock
from persistence.database import Database
from policies.loading import load_policy
from workers.clock import Clock


async def main(database_url, port, patience):
    database = Database(database_url, patience=patience)
    async with database.transaction() as connection:
        clock = Clock(await read_clock(connection))
    app = create_app(database, load_policy("skanderborg"), clock.now)
    await serve(app, "127.0.0.1", port, asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
