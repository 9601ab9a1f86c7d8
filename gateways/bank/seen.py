"""Remembers what has been met in a file, on disk, so that memory does not grow with the file."""

import hashlib
import sqlite3


class Seen:
    def __init__(self) -> None:
        # A nameless database is a temporary file that SQLite removes itself.
        self._met = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._met.execute("pragma journal_mode=off")
        self._met.execute("pragma cache_size=-512")
        self._met.execute("create table met (key blob primary key, times integer) without rowid")
        self._met.execute("begin")

    def times(self, *words: str | bytes) -> int:
        """How often these words have been asked about, this time included."""
        key = hashlib.sha256(repr(words).encode()).digest()[:16]
        query = (
            "insert into met values (?, 1) on conflict do update set times = times + 1"
            " returning times"
        )
        [(times,)] = self._met.execute(query, (key,)).fetchall()
        return int(times)

    def close(self) -> None:
        self._met.close()
