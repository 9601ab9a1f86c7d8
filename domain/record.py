"""All that the future of a claim or an agreement depends on: where its story begins from.

Records are wire format: fields may be added with defaults, never renamed or retyped.
"""

import zlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from domain.calendar import REAL_TIME, TownClock
from domain.claim import Ending
from domain.decisions import Answer
from domain.letters import Letter

_SPREAD_SECONDS = 600


def spread_of(life: str) -> int:
    """The seconds after midnight at which the story *life* has its turn."""
    return zlib.crc32(life.encode()) % _SPREAD_SECONDS


def wide_spread_of(life: str, minutes: int) -> timedelta:
    """As `spread_of`, in the same order, but over so many *minutes* and not by whole seconds."""
    turn, rest = spread_of(life), zlib.crc32(life.encode()) // _SPREAD_SECONDS
    return timedelta(minutes=minutes) * ((turn + rest % 1000 / 1000) / _SPREAD_SECONDS)


class News(StrEnum):
    """What the recovery authority tells about a transferred claim."""

    EXECUTED = "executed"  # udført: the claim is received
    REJECTED = "rejected"  # afvist
    IN_HEARING = "in-hearing"  # i høring
    RECALLED = "recalled"  # our recall is executed
    RETURNED = "returned"  # sent back to us
    SETTLED = "settled"  # fully covered
    WRITTEN_OFF = "written-off"  # the authority gave it up


class AgreementOutcome(StrEnum):
    KEPT = "kept"
    BROKEN = "broken"
    DISSOLVED = "dissolved"  # its claims ended another way


@dataclass(frozen=True, slots=True)
class Hold:
    """The clock stands still from *since* to the end of *until*, or until someone lifts it."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an act: done, with the day until which it gives time; or what stood in the way.

    What the database knew and the story did not yet (paid, withdrawn, a hold, an answer) comes
    along, so that a signal that is late or lost does no harm.
    """

    is_done: bool = True
    deadline: date | None = None
    is_settled: bool = False
    is_withdrawn: bool = False
    holds: dict[int, Hold] = field(default_factory=dict)
    postponed: dict[str, date | None] = field(default_factory=dict)
    answer: Answer | None = None
    refused: str | None = None
    covered: int = 0
    """Agreements only: how many instalments are fully paid."""
    is_written_off: bool = False
    ended_as: str | None = None
    """What the first close was: the word of a story that was killed before it could say so."""


@dataclass
class Life:
    """What the waits of every story look at."""

    id: str
    clock: TownClock = REAL_TIME
    acts: dict[str, date | None] = field(default_factory=dict)
    """What has been done, and the last day of the time it gives; None while that is not known."""
    holds: dict[int, Hold] = field(default_factory=dict)
    released: dict[int, date] = field(default_factory=dict)
    known_holds: set[int] = field(default_factory=set)
    held_since: date | None = None
    resumed_on: date | None = None
    nudges: int = 0
    spread_minutes: int | None = None
    """Over how much of the night its turns are spread; it keeps what it began with."""

    @property
    def is_over(self) -> bool:
        raise NotImplementedError

    @property
    def is_interrupted(self) -> bool:
        return self.held_since is not None or self.is_over

    @property
    def spread(self) -> timedelta:
        """A moment of its own, so that a thousand deadlines do not fire on one second."""
        if self.spread_minutes is None:
            return timedelta(seconds=spread_of(self.id))
        return wide_spread_of(self.id, self.spread_minutes)

    def hold(self, number: int, hold: Hold) -> None:
        """Stop the clock. Signals may arrive twice, late, or after the release of the same hold."""
        if number in self.known_holds:
            return
        self.known_holds.add(number)
        self.held_since = min(self.held_since or hold.since, hold.since)
        if number in self.released:
            self._resume(self.released[number])
        else:
            self.holds[number] = hold

    def release(self, number: int, on: date) -> None:
        """Let the clock run again from *on*, unless another hold is in force."""
        if number in self.released:
            return
        self.released[number] = on
        if self.holds.pop(number, None):
            self._resume(on)

    def drop_expired_holds(self, day: date) -> None:
        for number, hold in list(self.holds.items()):
            if hold.until and hold.until < day:
                self.release(number, hold.until + timedelta(days=1))

    def _resume(self, on: date) -> None:
        self.resumed_on = max(self.resumed_on or on, on)

    def give_back_held_days(self, key: str | None) -> None:
        """Add the days the clock stood still to the time that the act *key* gave."""
        if self.held_since and self.resumed_on and key and (deadline := self.acts.get(key)):
            self.acts[key] = deadline + max(self.resumed_on - self.held_since, timedelta(0))
        self.held_since = self.resumed_on = None

    def learn(self, key: str, verdict: Verdict) -> None:
        """Remember what came of the act *key*."""
        if verdict.is_done:
            self.acts[key] = verdict.deadline
        self.acts.update(verdict.postponed)
        for number, hold in verdict.holds.items():
            self.hold(number, hold)


@dataclass
class ClaimRecord(Life):
    """Everything that has happened to a claim that its future depends on."""

    letters: tuple[Letter, ...] = ()
    transfer_notice_with: Letter | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    rounds: int = 0
    """How many dialogues have been held; each leads to an agreement, a wait or an end."""
    agreements: dict[str, AgreementOutcome] = field(default_factory=dict)
    news: dict[int, News] = field(default_factory=dict)
    news_read: int = 0
    rejections: int = 0
    refusals: int = 0
    is_with_collector: bool = False
    is_settled: bool = False
    is_withdrawn: bool = False
    is_written_off: bool = False
    """It was a small amount, given up with others; of others the story asks itself."""
    reopenings: int = 0
    """How often the money that ended it was taken away again; each time it ends anew."""

    @property
    def ending(self) -> Ending | None:
        """A transferred claim ends only by the recovery authority's word."""
        if self.is_with_collector:
            return None
        if self.is_withdrawn:
            return Ending.WITHDRAWN
        if self.is_settled:
            return Ending.PAID
        return Ending.WRITTEN_OFF if self.is_written_off else None

    @property
    def is_over(self) -> bool:
        return self.ending is not None

    @property
    def has_news(self) -> bool:
        return self.news_read + 1 in self.news

    def learn(self, key: str, verdict: Verdict) -> None:
        super().learn(key, verdict)
        self.is_settled |= verdict.is_settled
        self.is_withdrawn |= verdict.is_withdrawn
        self.is_written_off |= verdict.is_written_off
        if verdict.answer:
            self.answers.setdefault(key, verdict.answer)


@dataclass
class AgreementRecord(Life):
    """Everything that has happened to a payment agreement that its future depends on.

    *grace_until* are the last days on which each instalment still counts as paid in time;
    *covered* counts the instalments fully paid, from the first.
    """

    grace_until: tuple[date, ...] = ()
    covered: int = 0
    is_dissolved: bool = False

    @property
    def is_over(self) -> bool:
        return self.is_dissolved or self.covered >= len(self.grace_until)

    def learn(self, key: str, verdict: Verdict) -> None:
        super().learn(key, verdict)
        self.covered = max(self.covered, verdict.covered)
        self.is_dissolved |= verdict.is_withdrawn
