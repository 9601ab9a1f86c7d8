"""``python -m workers`` is ``rettidig worker`` with nothing but its settings."""

import asyncio
import os
import signal
import sys

from domain.errors import RettidigError
from settings import settings
from workers import loop
from workers.process import work


async def main() -> int:
    chosen = settings()
    if not chosen.database_url:
        sys.stderr.write("RETTIDIG_DATABASE_URL is not set\n")
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await work(chosen, chosen.database_url, None, stop)
    return 0


if __name__ == "__main__":
    try:
        code = loop.run(main())
    except RettidigError as trouble:
        sys.stderr.write(f"{trouble}\n")
        code = 1
    sys.stderr.flush()
    os._exit(code)  # past Python's own clearing up, in which Temporal's threads may crash it
