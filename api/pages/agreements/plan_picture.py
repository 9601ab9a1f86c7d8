"""An agreement's plan as a picture: what should have come in all by each day, and what has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.money import Money

LEFT, RIGHT, TOP, BOTTOM = 84, 16, 16, 34
WIDTH, HEIGHT = 760, 300
_TICK_WIDTH = 104
_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """*days* with what had been gathered in all at the end of each, in order."""

    days: tuple[tuple[date, Money], ...]


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """Paths in units of its own; *levels* and *ticks* are where amounts and days stand."""

    planned: str
    paid: str
    today_x: float | None
    levels: tuple[tuple[float, Money], ...]
    ticks: tuple[tuple[float, date], ...]


def plan_picture(
    planned: Curve, paid: Curve, first: date, until: date, today: date | None
) -> PlanPicture:
    """Both begin with nothing on the *first* day; what is paid is drawn up to *until*."""
    last = max([first + timedelta(days=28), until, *(day for day, _ in planned.days)])
    highest = max([1, *(total.ore for curve in (planned, paid) for _, total in curve.days)])
    scale = _Scale(first, last, highest)
    end = planned.days[-1][0] if planned.days else first
    return PlanPicture(
        planned=scale.steps(planned, max(end, first)),
        paid=scale.steps(paid, min(until, last)),
        today_x=scale.x(today) if today and first <= today <= last else None,
        levels=tuple(scale.levels()),
        ticks=tuple(_ticks(scale, [first, *(day for day, _ in planned.days)])),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    first: date
    last: date
    highest: int

    def x(self, day: date) -> float:
        part = (day - self.first) / (self.last - self.first)
        return round(LEFT + min(max(part, 0), 1) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, ore: int) -> float:
        return round(HEIGHT - BOTTOM - ore / self.highest * (HEIGHT - TOP - BOTTOM), 1)

    def steps(self, curve: Curve, until: date) -> str:
        """A stair: level until the day money came, then straight up."""
        path = [f"M{self.x(self.first)} {self.y(0)}"]
        for day, total in curve.days:
            path += [f"H{self.x(day)}", f"V{self.y(total.ore)}"]
        return " ".join([*path, f"H{self.x(until)}"])

    def levels(self) -> Iterator[tuple[float, Money]]:
        for n in range(_LEVELS + 1):
            ore = self.highest * n // _LEVELS
            yield self.y(ore), Money(ore)


def _ticks(scale: _Scale, days: Sequence[date]) -> Iterator[tuple[float, date]]:
    """Some of *days*, the last first: as many as can be read beside each other."""
    free_until = float(WIDTH)
    for day in reversed(days):
        if scale.x(day) <= free_until:
            yield scale.x(day), day
            free_until = scale.x(day) - _TICK_WIDTH
