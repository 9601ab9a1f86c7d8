"""Columns side by side as a picture: where each stands, for a template to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 640, 200
_TOP, _BOTTOM = 12, 28
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """*label* stands below it; *title* says in words what it shows. None: nothing is known."""

    label: str
    value: float | None
    title: str


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """In units of its own; *marks* are lines of reference: how high, and their words."""

    width: int
    height: int
    floor: float
    columns: tuple[Column, ...]
    marks: tuple[tuple[float, str], ...]


def draw(bars: Sequence[Bar], marks: Sequence[tuple[float, str]] = ()) -> Picture:
    """As high as the highest of *bars* and *marks*."""
    values = [bar.value for bar in bars if bar.value is not None]
    highest = max([*values, *(value for value, _ in marks), 1e-9])
    floor = _HEIGHT - _BOTTOM
    step = _WIDTH / max(len(bars), 1)
    width = min(step * 0.7, 48)
    every = -(-len(bars) // _MOST_LABELS) or 1

    def up(value: float) -> float:
        return round((floor - _TOP) * max(value, 0) / highest, 2)

    columns = tuple(
        Column(
            x=round(step * n + (step - width) / 2, 2),
            y=round(floor - up(bar.value or 0), 2),
            width=round(width, 2),
            height=up(bar.value or 0),
            middle=round(step * (n + 0.5), 2),
            label=bar.label if n % every == 0 else "",
            title=bar.title,
        )
        for n, bar in enumerate(bars)
    )
    lines = tuple((round(floor - up(value), 2), words) for value, words in marks)
    return Picture(_WIDTH, _HEIGHT, floor, columns, lines)
