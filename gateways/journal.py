"""What a sandbox counterpart remembers, in a file of its own that outlives whoever called it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zlib import crc32

_TABLES = """
create table if not exists offers (id text primary key, at text, body text, times integer);
create table if not exists coming (serial integer primary key, due_at text, body text);
create table if not exists told (number integer primary key autoincrement, body text);
create table if not exists notes (name text primary key, body text);
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something sent to the counterpart, and how many times it was offered."""

    id: str
    at: datetime
    body: dict[str, Any]
    times: int


class Journal:
    """Safe with several processes; each method is one short transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with closing(sqlite3.connect(path, timeout=10)) as journal:
            journal.executescript("pragma journal_mode=wal;" + _TABLES)

    def take(self, offer_id: str, at: datetime, body: dict[str, Any]) -> bool:
        """Whether this is the first time the id is offered."""
        with self._open() as journal:
            row = journal.execute(
                "insert into offers values (?, ?, ?, 1) on conflict (id)"
                " do update set times = times + 1 returning times",
                (offer_id, at.isoformat(), json.dumps(body)),
            ).fetchone()
            return bool(row[0] == 1)

    def will_tell(self, due_at: datetime, body: dict[str, Any]) -> None:
        """Something the counterpart will say when *due_at* has come."""
        with self._open() as journal:
            journal.execute(
                "insert into coming (due_at, body) values (?, ?)",
                (due_at.timestamp(), json.dumps(body)),
            )

    def told(self, after: int, now: datetime) -> list[tuple[int, dict[str, Any]]]:
        """What has been said by *now*, numbered in the order it was said, after number *after*."""
        with self._open() as journal:
            due = journal.execute(
                "select serial, body from coming where cast(due_at as real) <= ? order by due_at",
                (now.timestamp(),),
            ).fetchall()
            for serial, body in due:
                journal.execute("insert into told (body) values (?)", (body,))
                journal.execute("delete from coming where serial = ?", (serial,))
            rows = journal.execute(
                "select number, body from told where number > ? order by number", (after,)
            )
            return [(number, json.loads(body)) for number, body in rows]

    def note(self, name: str, body: dict[str, Any]) -> None:
        with self._open() as journal:
            journal.execute("insert or replace into notes values (?, ?)", (name, json.dumps(body)))

    def noted(self, name: str) -> dict[str, Any] | None:
        with self._open() as journal:
            row = journal.execute("select body from notes where name = ?", (name,)).fetchone()
            return json.loads(row[0]) if row else None

    def offers(self) -> list[Offer]:
        with self._open() as journal:
            rows = journal.execute("select id, at, body, times from offers order by rowid")
            return [
                Offer(id_, datetime.fromisoformat(at), json.loads(body), times)
                for id_, at, body, times in rows
            ]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        journal = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            journal.execute("pragma synchronous=normal")
            journal.execute("begin immediate")
            yield journal
            journal.execute("commit")
        finally:
            journal.close()


def share(seed: int, name: str) -> float:
    """A number from 0 up to 1 that belongs to *name*: the same every time."""
    return crc32(f"{seed}-{name}".encode()) / 2**32
