"""The bands in which claims near their limitation: how many days are left, at most."""

from dataclasses import dataclass

LAPSED = 0


@dataclass(frozen=True, slots=True)
class Band:
    """Claims with *low* to *high* days left, both included; None is without bound."""

    number: int
    low: int | None
    high: int | None


def edges_of(days: tuple[int, ...]) -> list[int]:
    """The fewest days left of each band but the first, which is what has lapsed."""
    return [0, *(most + 1 for most in sorted(days))]


def bands(days: tuple[int, ...]) -> tuple[Band, ...]:
    """From what has lapsed to what is far off; *days* are the most that the bands between reach."""
    lows = edges_of(days)
    highs = [low - 1 for low in lows[1:]]
    between = (
        Band(number, low, high)
        for number, (low, high) in enumerate(zip(lows, highs, strict=False), start=1)
    )
    return (Band(LAPSED, None, -1), *between, Band(len(lows), lows[-1], None))
