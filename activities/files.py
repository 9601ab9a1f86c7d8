"""What reading any file has in common: it is kept, read behind a cursor, or refused whole."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Invalid
from persistence.database import Database
from persistence.files.received import (
    REFUSED,
    KeptFile,
    Kind,
    RowFault,
    keep_file,
    note_faults,
    read_content,
    set_state,
)

T = TypeVar("T")

_FILES_OPEN = 3


@dataclass(frozen=True, slots=True)
class RowsFrom:
    """The next rows of a file, when *row* of them are done."""

    file_id: int
    row: int


@dataclass(frozen=True, slots=True)
class Taken:
    rows_done: int
    is_last: bool


async def receive_file(
    database: Database, kind: Kind, name: str, content: bytes, actor: str, on: date
) -> tuple[int, bool]:
    """Keep the file whole; its id, and whether it is new. Its workflow then reads it."""
    async with database.transaction() as connection:
        return await keep_file(connection, kind, name, content, actor, on)


async def refuse_file(connection: AsyncConnection, file: KeptFile, invalid: Invalid) -> None:
    """Nothing of it is taken; it stays to be looked at, with the reasons."""
    await note_faults(connection, file.id, [RowFault(0, fault) for fault in invalid.faults])
    await set_state(connection, file.id, REFUSED)


class Reading(Generic[T]):
    """A file as far as it is read."""

    def __init__(self, rows: Iterator[T]) -> None:
        self._rows = rows
        self.done = 0

    def take(self, count: int) -> Iterator[T]:
        for row in islice(self._rows, count):
            self.done += 1
            yield row

    def skip_to(self, done: int) -> None:
        for _ in self.take(done - self.done):
            pass


class OpenFiles(Generic[T]):
    """The files this worker is reading, so that a batch need not begin from the first row."""

    def __init__(self, read: Callable[[bytes], Iterator[T]]) -> None:
        self._read = read
        self._open: dict[int, Reading[T]] = {}

    async def at_cursor(self, connection: AsyncConnection, file: KeptFile) -> Reading[T]:
        """Where the cursor stands; read anew when another attempt or worker was here between."""
        reading = self._open.pop(file.id, None)
        if reading is None or reading.done > file.rows_done:
            content = await read_content(connection, file.id)
            reading = Reading(await asyncio.to_thread(self._read, content))
        await asyncio.to_thread(reading.skip_to, file.rows_done)
        self._open[file.id] = reading
        while len(self._open) > _FILES_OPEN:
            del self._open[next(iter(self._open))]
        return reading
