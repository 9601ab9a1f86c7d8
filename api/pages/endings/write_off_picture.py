"""The year's write-offs as a picture: a bar for each reason, and a mark where its goal ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from persistence.endings.write_off_figures import ReasonFigures

LEFT, WIDTH, ROW = 190, 450, 30
_LEAST = 2.0


@dataclass(frozen=True, slots=True)
class GoalBar:
    """In the picture's own units. *goal_x* None where the reason has no goal."""

    reason: str
    y: float
    width: float
    goal_x: float | None
    is_over: bool


def goal_bars(figures: Sequence[ReasonFigures]) -> list[GoalBar]:
    """All to one scale, so that what costs most is longest."""
    goals = [one.goal_amount.ore for one in figures if one.goal_amount]
    most = max([*(one.amount.ore for one in figures), *goals, 1])
    return [_bar(one, number, most) for number, one in enumerate(figures)]


def _bar(one: ReasonFigures, number: int, most: int) -> GoalBar:
    length = round(WIDTH * max(one.amount.ore, 0) / most, 1)
    goal = None
    if one.goal_amount is not None:
        goal = round(LEFT + WIDTH * one.goal_amount.ore / most, 1)
    width = max(length, _LEAST) if one.amount.ore > 0 else 0.0
    return GoalBar(one.reason, number * ROW, width, goal, one.is_over)
