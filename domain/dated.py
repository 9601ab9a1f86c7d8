"""Decisions in force from a day until the next of their kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A decision in force from *since* until the next of its kind."""

    since: date
    value: T
    source: str


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A series of decisions, oldest first. Before the first there is none."""

    entries: tuple[Entry[T], ...]

    def on(self, day: date) -> T | None:
        entry = self.entry_on(day)
        return entry.value if entry else None

    def on_or_first(self, day: date) -> T:
        """What is in force on *day*, or was first of all. The series must not be empty."""
        return (self.entry_on(day) or self.entries[0]).value

    def entry_on(self, day: date) -> Entry[T] | None:
        return next((e for e in reversed(self.entries) if e.since <= day), None)
