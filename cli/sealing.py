"""``rettidig seal-numbers``: what is in clear, or under an old key, is sealed with the newest."""

import sys

from rich.console import Console
from rich.progress import Progress

from cli.doors import Door
from cli.words import Words
from persistence.database import Database
from persistence.debtors.lookup import fill_hashes
from persistence.debtors.sealing_numbers import Left, begin, count_left, seal_secrets, seal_some
from persistence.files.sealing_files import seal_a_file


async def seal_numbers(say: Words) -> int:
    """Can be stopped and begun again at any moment. Raises NoKeys when there is none to seal with.

    Twice over: whoever was registering when it began may have written one more in clear.
    """
    async with Door.open() as door:
        before = await _begin(door.database)
        for _ in range(2):
            await _seal(door.database, before.clear + before.old, say)
        async with door.database.transaction() as connection:
            left = await count_left(connection)
    print(say("numbers-sealed", count=before.clear + before.old, clear=left.clear, old=left.old))
    return 0


async def _begin(database: Database) -> Left:
    hashed = 1
    while hashed:
        async with database.transaction() as connection:
            hashed = await fill_hashes(connection)
    async with database.transaction() as connection:
        await begin(connection)
        return await count_left(connection)


async def _seal_files(database: Database) -> None:
    last: int | None = 0
    while last is not None:
        async with database.transaction() as connection:
            last = await seal_a_file(connection, last)


async def _seal(database: Database, count: int, say: Words) -> None:
    async with database.transaction() as connection:
        await seal_secrets(connection)
    await _seal_files(database)
    last: int | None = 0
    with Progress(console=Console(file=sys.stderr), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(say("numbers-sealing"), total=count)
        while last is not None:
            async with database.transaction() as connection:
                some = await seal_some(connection, last)
            last = some.last
            progress.advance(task, some.sealed)
