"""The list of what an erasure takes as a file, and its hash when all of it has been read."""

import hashlib
from collections.abc import AsyncIterator

from sqlalchemy import RowMapping

from api.csv_lines import BEGINNING, csv_line
from api.house import House
from domain.authority import Actor
from persistence.keeping.archive import COLUMNS, stream_archive
from persistence.keeping.erasures import note_archived, read_erasure


async def archive_lines(house: House, number: int, actor: Actor) -> AsyncIterator[str]:
    """Only a file that was sent whole counts as handed out. Raises NotFound before its first line.

    Amounts are in whole øre, days as 2026-01-31: it is for a system to read in twenty years.
    """
    async with house.database.transaction() as connection:
        await read_erasure(connection, number)
    return _lines(house, number, actor)


async def _lines(house: House, number: int, actor: Actor) -> AsyncIterator[str]:
    digest = hashlib.sha256()
    async for line in _told(house, number):
        digest.update(line.encode())
        yield line
    async with house.database.transaction() as connection:
        await note_archived(connection, number, digest.hexdigest(), actor)


async def _told(house: House, number: int) -> AsyncIterator[str]:
    yield BEGINNING + csv_line(COLUMNS)
    async with house.database.transaction() as connection:
        async for row in stream_archive(connection, number):
            yield csv_line(_cell(row, column) for column in COLUMNS)


def _cell(row: RowMapping, column: str) -> str:
    return "" if row[column] is None else str(row[column])
