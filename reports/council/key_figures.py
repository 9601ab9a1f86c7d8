"""The key figures of a report as others may have them: no personal data, no small numbers.

A number of claims or debtors below `FEWEST` is left out with its amount, and so are others of the
same sum, lest the first be found by subtraction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.council.figures import (
    AGREEMENTS,
    BRIDGE,
    BRIDGE_THERE,
    PAID_FOR,
    CouncilFigure,
    Dimension,
    dimensions_of,
)
from reports.council.report import CouncilFigures, Key

FORMAT = "rettidig-key-figures"
FORMAT_VERSION = 1
# Fewer could be somebody whom a reader knows; a choice of the file's form, no rule asks for five.
FEWEST = 5
_SUMMED = (BRIDGE, BRIDGE_THERE, (*PAID_FOR, CouncilFigure.PAID), AGREEMENTS)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """*ore* and *number* None: left out, because they are of too few."""

    figure: CouncilFigure
    by: Dimension
    part: str
    ore: int | None
    number: int | None

    @property
    def is_left_out(self) -> bool:
        return self.number is None


def key_figures(found: CouncilFigures) -> Iterator[KeyFigure]:
    """Each figure in whole and in its parts, in their order."""
    hidden = left_out(found)
    for key in sorted(found.cells):
        amount = found.cells[key]
        shown = (None, None) if key in hidden else (amount.ore, amount.lines)
        yield KeyFigure(*key, *shown)


def left_out(found: CouncilFigures) -> frozenset[Key]:
    """What is of too few, and as much more that nothing of it can be found by subtraction."""
    hidden = {key for key, amount in found.cells.items() if 0 < amount.lines < FEWEST}
    sums = [*_tables(found), *_bridges(found)]
    while more := {key for group in sums for key in _betraying(found, group, hidden)}:
        hidden |= more
    return frozenset(hidden)


def _betraying(found: CouncilFigures, group: Sequence[Key], hidden: set[Key]) -> list[Key]:
    """The smallest other of a sum in which a single part is left out; nothing otherwise."""
    if len(hidden.intersection(group)) != 1:
        return []
    others = [key for key in group if key not in hidden and found.cells[key].lines]
    return sorted(others, key=lambda key: (found.cells[key].lines, key))[:1]


def _tables(found: CouncilFigures) -> Iterator[list[Key]]:
    """The parts of each figure, which sum to the whole."""
    for figure in CouncilFigure:
        for by in dimensions_of(figure):
            yield [(figure, by, part) for part in found.parts(by, [figure])]


def _bridges(found: CouncilFigures) -> Iterator[list[Key]]:
    """The figures of each bridge in each part, which sum to the last one."""
    for bridge in _SUMMED:
        for by in Dimension:
            for part in found.parts(by, bridge):
                keys = [(figure, by, part) for figure in bridge]
                yield [key for key in keys if key in found.cells]


def key_file(
    found: CouncilFigures,
    municipality: str,
    definitions: Mapping[str, str],
    names: Mapping[str, Mapping[str, str]],
    more: Mapping[str, Any],
) -> dict[str, Any]:
    """What the JSON file holds. *more*: where it comes from, as the report's number and day."""
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "municipality": municipality,
        "period": {"from": found.since.isoformat(), "to": found.until.isoformat()},
        **more,
        "fewest": FEWEST,
        "definitions": dict(definitions),
        "names": {by: dict(parts) for by, parts in names.items()},
        "figures": [
            {"figure": str(one.figure), "by": str(one.by), "part": one.part,
             "amount_ore": one.ore, "number": one.number, "left_out": one.is_left_out}
            for one in key_figures(found)
        ],
    }  # fmt: skip
