"""What we have given the recovery authority to collect, and whether its books say the same.

Inddrivelsesgrundlag = tilgang − tilbagekald − nedskrivning + opskrivning: our own doings alone;
what the authority itself has recovered is told beside it (GST 08).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from domain.money import NOTHING, Money


class Movement(StrEnum):
    """A column of the books."""

    CAME = "came"  # tilgang
    RECALLED = "recalled"  # tilbagekald
    DOWN = "down"  # nedskrivning
    UP = "up"  # opskrivning
    RECOVERED = "recovered"  # inddrevet, or taken back again


@dataclass(frozen=True, slots=True)
class Moved:
    """What has been moved, of one claim there or of all, up to a day."""

    came: Money = NOTHING
    recalled: Money = NOTHING
    down: Money = NOTHING
    up: Money = NOTHING
    recovered: Money = NOTHING

    def __add__(self, other: Moved) -> Moved:
        return Moved(*(mine + theirs for mine, theirs in zip(self.all, other.all, strict=True)))

    def __sub__(self, other: Moved) -> Moved:
        return Moved(*(mine - theirs for mine, theirs in zip(self.all, other.all, strict=True)))

    @property
    def all(self) -> tuple[Money, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    @property
    def base(self) -> Money:
        """Inddrivelsesgrundlag."""
        return self.came - self.recalled - self.down + self.up

    @property
    def left(self) -> Money:
        """What is still to be recovered."""
        return self.base - self.recovered


@dataclass(frozen=True, slots=True)
class Difference:
    """One claim of which the two books do not say the same."""

    reference: str
    ours: Moved
    theirs: Moved

    @property
    def columns(self) -> tuple[Movement, ...]:
        """Where they differ."""
        return tuple(
            movement
            for movement in Movement
            if getattr(self.ours, movement) != getattr(self.theirs, movement)
        )


@dataclass(frozen=True, slots=True)
class RecoveryBooks:
    """Both books at the end of a day. *theirs* is None until the authority has told its own."""

    ours: Moved
    theirs: Moved | None
    differences: tuple[Difference, ...] = ()

    @property
    def agree(self) -> bool:
        return self.theirs is not None and not self.differences


def compare(ours: Mapping[str, Moved], theirs: Mapping[str, Moved] | None) -> RecoveryBooks:
    """To the øre, claim by claim: sums that agree may hide two mistakes."""
    if theirs is None:
        return RecoveryBooks(total(ours.values()), None)
    nothing = Moved()
    pairs = (
        Difference(name, ours.get(name, nothing), theirs.get(name, nothing))
        for name in sorted({*ours, *theirs})
    )
    differences = tuple(pair for pair in pairs if pair.columns)
    return RecoveryBooks(total(ours.values()), total(theirs.values()), differences)


def total(lines: Iterable[Moved]) -> Moved:
    return sum(lines, Moved())
