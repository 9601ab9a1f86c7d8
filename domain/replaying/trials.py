"""A trial of another policy on the past: what is asked, and how far its answer has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.calendar import add_months
from domain.errors import Fault, Invalid
from domain.replaying.trial_figures import Difference, Figures, Measure, Period
from domain.replaying.variants import Knobs

MONTHS = range(12, 37)
SAMPLE = 50
ASSUMED = ("answers", "money", "before")
"""What else is taken for granted, beside what moves people; each has its sentence."""


class People(StrEnum):
    """What is taken to move people, when letters come on other days than they did."""

    REACT = "react"
    KEEP_THEIR_DAYS = "keep-their-days"


class TrialState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by a person
    FAILED = "failed"  # the other policy can no longer be read

    @property
    def is_over(self) -> bool:
        return self in {TrialState.DONE, TrialState.STOPPED, TrialState.FAILED}


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


@dataclass(frozen=True, slots=True)
class Batch:
    """*reached*: the highest debtor that is done."""

    findings: Findings
    reached: int


@dataclass(frozen=True, slots=True)
class OtherPolicy:
    """One of: a *profile* of the house's own, a file's *text*, or what is turned (*knobs*)."""

    profile: str | None = None
    text: str | None = None
    knobs: Knobs | None = None


def period_of(months: int, today: date) -> Period:
    """The whole months before the current one. Raises Invalid."""
    if months not in MONTHS:
        limits = {"least": str(MONTHS[0]), "most": str(MONTHS[-1])}
        raise Invalid(Fault("months", "trial-months", limits))
    this_month = today.replace(day=1)
    return Period(add_months(this_month, -months), date.fromordinal(this_month.toordinal() - 1))


def total(figures: Figures, measure: Measure, claim_type: str | None = None) -> int:
    """Over all months; of days to payment their average over the claims that were paid."""
    number = sum(
        count
        for (one, name, _), count in figures.items()
        if name == measure and claim_type in {None, one}
    )
    if measure is not Measure.DAYS_TO_PAYMENT:
        return number
    paid = total(figures, Measure.PAID, claim_type)
    return round(number / paid) if paid else 0


def share_done(state: str, first: int, reached: int, last: int) -> float:
    """How much of a trial is reckoned, from 0 to 1."""
    if state == TrialState.DONE:
        return 1.0
    many = last - first + 1
    is_begun = state != TrialState.WAITING and many > 0
    return min(max((reached - first + 1) / many, 0.0), 1.0) if is_begun else 0.0
