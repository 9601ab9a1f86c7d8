"""A trial of another policy on the past: what is asked, and how far its answer has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.calendar import add_months
from domain.errors import Fault, Invalid
from domain.steering.trial_figures import Difference, Figures, Period

MONTHS = range(12, 37)
SAMPLE = 50


class People(StrEnum):
    """What is taken to move people, when letters come on other days than they did."""

    REACT = "react"
    KEEP_THEIR_DAYS = "keep-their-days"


class TrialState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class Side(StrEnum):
    """Whose past a figure is of."""

    HISTORY = "history"
    IN_FORCE = "in-force"
    OTHER = "other"


@dataclass(slots=True)
class Findings:
    """*differing*: claims and agreements of which the policy in force does not make what was;
    *changed*: those to which the other policy does something else. *samples*: the first of both.
    """

    figures: dict[Side, Figures] = field(default_factory=lambda: {side: Figures() for side in Side})
    claims: int = 0
    claim_months: int = 0
    differing: int = 0
    changed: int = 0
    samples: dict[Side, list[Difference]] = field(
        default_factory=lambda: {Side.HISTORY: [], Side.OTHER: []}
    )

    def add(self, other: Findings) -> None:
        for side, figures in other.figures.items():
            self.figures[side].update(figures)
        self.claims += other.claims
        self.claim_months += other.claim_months
        self.differing += other.differing
        self.changed += other.changed
        for side, found in other.samples.items():
            self.samples[side] = (self.samples[side] + found)[:SAMPLE]


def period_of(months: int, today: date) -> Period:
    """The whole months before the current one. Raises Invalid."""
    if months not in MONTHS:
        limits = {"least": str(MONTHS[0]), "most": str(MONTHS[-1])}
        raise Invalid(Fault("months", "trial-months", limits))
    this_month = today.replace(day=1)
    return Period(add_months(this_month, -months), date.fromordinal(this_month.toordinal() - 1))
