"""The API in a process of its own, as `rettidig serve` runs it; its first line is its port."""

import asyncio
import json
import signal
import sys
from datetime import UTC, datetime, timedelta

from api.app import create_app
from api.server import serve
from bench.inbox_town import ON
from persistence.database import Database
from policies.loading import load_policy
from workers import loop

_MORNING = datetime(ON.year, ON.month, ON.day, 7, tzinfo=UTC)


async def main(database_url: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    began = asyncio.get_running_loop().time()

    def clock() -> datetime:
        return _MORNING + timedelta(seconds=asyncio.get_running_loop().time() - began)

    database = Database(database_url, 8, "bench-key-of-nobody")
    app = create_app(database, load_policy("skanderborg"), clock)
    await serve(app, "127.0.0.1", 0, stop, lambda port: print(port, flush=True))


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))
