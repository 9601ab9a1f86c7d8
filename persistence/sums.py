"""Claims and kroner, counted together: what figures over many claims consist of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping


@dataclass(frozen=True, slots=True)
class Sum:
    """How many claims, and how much is owed on them."""

    claims: int = 0
    ore: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.claims + other.claims, self.ore + other.ore)


def sums_by(rows: Iterable[RowMapping], key: Callable[[RowMapping], Any]) -> dict[Any, Sum]:
    """Rows of ``claims`` and ``ore``, added up under what *key* says of each."""
    sums: dict[Any, Sum] = {}
    for row in rows:
        sums[key(row)] = sums.get(key(row), Sum()) + Sum(row["claims"], row["ore"])
    return sums
