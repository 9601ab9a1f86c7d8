"""A trial drawn month by month: the policy in force beside the other one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.calendar import add_months
from domain.replaying.trial_figures import Figures, Measure
from domain.replaying.trials import Side

WIDTH, HEIGHT = 1180, 210
_LEFT, _TOP, _BOTTOM = 64, 14, 34
_GAP = 0.22
DRAWN = (
    *(Measure.LETTERS, Measure.FEES_ORE, Measure.PAID),
    *(Measure.AGREEMENTS, Measure.TRANSFERS),
)
_SIDES = (Side.IN_FORCE, Side.OTHER)
_NICE = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """*number*: what it stands for, in the unit of its measure."""

    side: Side
    month: str
    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the scale, and how high it lies."""

    number: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """*labels*: months that are written below, and where."""

    measure: Measure
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    labels: tuple[tuple[float, str], ...]


def charts(figures: Mapping[Side, Figures], since: date, until: date) -> tuple[Chart, ...]:
    """Of the measures of which anything is known."""
    months = list(_months(since, until))
    found = ((measure, _by_month(figures, measure)) for measure in DRAWN)
    return tuple(_chart(measure, months, sums) for measure, sums in found if any(sums.values()))


def _months(since: date, until: date) -> Iterator[str]:
    month = since.replace(day=1)
    while month <= until:
        yield month.isoformat()[:7]
        month = add_months(month, 1)


def _by_month(figures: Mapping[Side, Figures], measure: Measure) -> dict[tuple[Side, str], int]:
    sums: dict[tuple[Side, str], int] = {}
    for side in _SIDES:
        for (_, name, month), number in figures[side].items():
            if name == measure:
                sums[side, month] = sums.get((side, month), 0) + number
    return sums


def _chart(measure: Measure, months: list[str], sums: Mapping[tuple[Side, str], int]) -> Chart:
    step = _step(max(sums.values()))
    top = step * max(-(-max(sums.values()) // step), 1)
    room, wide = HEIGHT - _TOP - _BOTTOM, (WIDTH - _LEFT) / len(months)
    width = wide * (1 - _GAP) / len(_SIDES)
    bars = []
    for place, month in enumerate(months):
        for nth, side in enumerate(_SIDES):
            number = sums.get((side, month), 0)
            height = max(room * number / top, 0)
            x = _LEFT + place * wide + wide * _GAP / 2 + nth * width
            bars.append(
                Bar(side, month, number, _r(x), _r(_TOP + room - height), _r(width), _r(height))
            )
    lines = tuple(
        Line(number, _r(_TOP + room - room * number / top)) for number in range(0, top + 1, step)
    )
    every = max(len(months) // 12, 1)
    labels = tuple(
        (_r(_LEFT + (place + 0.5) * wide), month)
        for place, month in enumerate(months)
        if place % every == 0
    )
    return Chart(measure, tuple(bars), lines, labels)


def _step(most: int) -> int:
    """So that two to four lines make the scale, at round numbers."""
    size = 1
    while True:
        for nice in _NICE:
            if nice * size * 4 >= most:
                return nice * size
        size *= 10


def _r(number: float) -> float:
    return round(number, 1)
