"""What someone is told of their day: numbers of claims and how many, and nobody's name or debt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.decisions import TaskKind

MOST_LINES = 10
"""Of a pile that is told line by line; a mail is read standing."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """*day*: by which it should have been answered, or on which it was asked."""

    task_id: int
    kind: TaskKind
    claim_id: str | None
    day: date


@dataclass(frozen=True, slots=True)
class Pile:
    """*count* of all, and the first of them."""

    count: int = 0
    first: tuple[TaskLine, ...] = ()


@dataclass(frozen=True, slots=True)
class StandIn:
    """Whose work is one's own until the day *until*, and how many tasks of theirs lie open."""

    absent: str
    until: date
    tasks: int


@dataclass(frozen=True, slots=True)
class Digest:
    """*asked*: a colleague asks one to answer. *approvals*: the oldest, then the largest first.

    *stops*: how often the post stands still, *endpoints*: names of those that do not answer; both
    only for who steers.
    """

    day: date
    overdue: Pile = Pile()
    asked: Pile = Pile()
    approvals: Pile = Pile()
    mentions: int = 0
    stand_ins: tuple[StandIn, ...] = ()
    stops: int = 0
    endpoints: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many things wait for the reader. That one stands in is told, and waits for nobody."""
        piles = self.overdue.count + self.asked.count + self.approvals.count
        return piles + self.mentions + self.stops + len(self.endpoints)

    @property
    def is_empty(self) -> bool:
        return not self.count and not self.stand_ins


@dataclass(frozen=True, slots=True)
class Escalation:
    """What stands still for everybody until someone who steers acts. *key* is told once a person.

    *number*: of the task that asks, if one does.
    """

    key: str
    code: str
    number: int | None = None
    claim_id: str | None = None
