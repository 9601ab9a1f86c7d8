"""How claims flow through the stages: how many stand in each, for how long, and what moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.claim import Stage

# Days since payment was due, where one age ends and the next begins; no rule asks for these.
AGE_STEPS_DAYS = (31, 91, 366)


@dataclass(frozen=True, slots=True)
class Standing:
    """Claims that came to *stage* as many *days* ago, and what is owed on them in øre."""

    stage: Stage
    days: int
    claims: int
    ore: int


@dataclass(frozen=True, slots=True)
class Move:
    """How many claims went from *origin* (None: they are new) to *goal* in a period."""

    origin: Stage | None
    goal: Stage
    claims: int


@dataclass(frozen=True, slots=True)
class StageFlow:
    """*median_days*, *longest_days*: how long those that stand there have stood; None: nobody does.

    *came* and *left* are moves of a period: a claim that comes twice counts twice.
    """

    stage: Stage
    claims: int
    ore: int
    median_days: int | None
    longest_days: int | None
    came: int
    left: int


def flow_of(standings: Iterable[Standing], moves: Iterable[Move]) -> tuple[StageFlow, ...]:
    """All stages in their order, those that are empty too; what has ended is only moved to."""
    standings, moves = tuple(standings), tuple(moves)
    return tuple(_flow(stage, standings, moves) for stage in Stage)


def _flow(stage: Stage, standings: tuple[Standing, ...], moves: tuple[Move, ...]) -> StageFlow:
    here = [one for one in standings if one.stage is stage]
    return StageFlow(
        stage=stage,
        claims=sum(one.claims for one in here),
        ore=sum(one.ore for one in here),
        median_days=median_days(here),
        longest_days=max((one.days for one in here), default=None),
        came=sum(move.claims for move in moves if move.goal is stage),
        left=sum(move.claims for move in moves if move.origin is stage),
    )


def median_days(standings: Iterable[Standing]) -> int | None:
    """The lower of the two in the middle where there is no one in the middle."""
    ordered = sorted(standings, key=lambda one: one.days)
    middle = (sum(one.claims for one in ordered) + 1) // 2
    return next((days for days, below in _counted(ordered) if below >= middle), None)


def _counted(ordered: Iterable[Standing]) -> Iterator[tuple[int, int]]:
    """Each number of days with how many have stood that long or less."""
    below = 0
    for one in ordered:
        below += one.claims
        yield one.days, below
