"""What a sandbox counterpart remembers, in a file of its own that outlives whoever called it."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from zlib import crc32

_TABLES = """
create table if not exists offers (id text primary key, at text, body text, times integer);
create table if not exists coming (serial integer primary key, due_at real, body text);
create index if not exists coming_in_time on coming (cast(due_at as real), serial);
create table if not exists told (number integer primary key autoincrement, body text);
create table if not exists notes (name text primary key, body text);
"""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something sent to the counterpart, and how many times it was offered."""

    id: str
    at: datetime
    body: Body
    times: int


class Journal:
    """Safe with several threads and processes: one writes at a time, the others wait."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One connection for good: the last to close would copy the whole log to disk each time.
        self._file = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._turn = Lock()
        self._file.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _TABLES)

    @contextmanager
    def open(self) -> Iterator["Page"]:
        """All that happens to the page is kept, or none of it: a caller may be killed anywhere."""
        with self._turn:
            self._file.execute("begin immediate")
            try:
                yield Page(self._file)
            except BaseException:
                self._file.execute("rollback")
                raise
            self._file.execute("commit")


class Page:
    """The journal while it is open for one transaction."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def take(self, offer_id: str, at: datetime, body: Body) -> bool:
        """Whether this is the first time the id is offered."""
        row = self._file.execute(
            "insert into offers values (?, ?, ?, 1) on conflict (id)"
            " do update set times = times + 1 returning times",
            (offer_id, at.isoformat(), json.dumps(body)),
        ).fetchone()
        return bool(row[0] == 1)

    def has_taken(self, offer_id: str) -> bool:
        row = self._file.execute("select 1 from offers where id = ?", (offer_id,)).fetchone()
        return row is not None

    def will_tell(self, due_at: datetime, body: Body) -> None:
        """Something the counterpart will say when *due_at* has come."""
        self._file.execute(
            "insert into coming (due_at, body) values (?, ?)",
            (due_at.timestamp(), json.dumps(body)),
        )

    def tell_due(
        self, now: datetime, become: Callable[[Body], Body | None] = lambda body: body
    ) -> None:
        """Say all that is due by *now*, the earliest first, as what *become* makes of it then.

        Nothing is said of what *become* makes None.
        """
        due = self._file.execute(
            "select serial, body from coming where cast(due_at as real) <= ?"
            " order by cast(due_at as real), serial",
            (now.timestamp(),),
        ).fetchall()
        for serial, body in due:
            self._file.execute("delete from coming where serial = ?", (serial,))
            said = become(json.loads(body))
            if said is not None:
                self._file.execute("insert into told (body) values (?)", (json.dumps(said),))

    def told(self, after: int) -> list[tuple[int, Body]]:
        """What has been said, numbered in the order it was said, after number *after*."""
        rows = self._file.execute(
            "select number, body from told where number > ? order by number", (after,)
        )
        return [(number, json.loads(body)) for number, body in rows]

    def last_told(self) -> int:
        """The highest number of all that was said, or 0."""
        row = self._file.execute("select coalesce(max(number), 0) from told").fetchone()
        return int(row[0])

    def note(self, name: str, body: Body) -> None:
        self._file.execute("insert or replace into notes values (?, ?)", (name, json.dumps(body)))

    def noted(self, name: str) -> Body | None:
        row = self._file.execute("select body from notes where name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def forget(self, name: str) -> None:
        self._file.execute("delete from notes where name = ?", (name,))

    def noted_like(self, beginning: str) -> Iterator[Body]:
        """All that is noted under names that begin so, in their order."""
        rows = self._file.execute(
            "select body from notes where name >= ? and name < ? order by name",
            (beginning, beginning + "\uffff"),
        )
        for (body,) in rows:
            yield json.loads(body)

    def offers(self) -> list[Offer]:
        rows = self._file.execute("select id, at, body, times from offers order by rowid")
        return [
            Offer(id_, datetime.fromisoformat(at), json.loads(body), times)
            for id_, at, body, times in rows
        ]


def share(seed: int, name: str) -> float:
    """A number from 0 up to 1 that belongs to *name*: the same every time."""
    return crc32(f"{seed}-{name}".encode()) / 2**32
