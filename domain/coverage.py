"""Which debt a payment covers (dækningsrækkefølge while the municipality collects)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.ledger import EntryKind
from domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A debt line with what is still open of it.

    *claim* tells lines of several claims apart; *is_designated*: the debtor said what the money
    is for, as a payment reference does.
    """

    id: int
    kind: EntryKind
    due_on: date
    open: Money
    claim: str = ""
    is_designated: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """*parts*: how much goes to which line, in order; *rest*: what no line could take."""

    parts: tuple[tuple[int, Money], ...]
    rest: Money


def cover(payment: Money, open_lines: Sequence[OpenLine], order: tuple[str, ...]) -> Coverage:
    """Share *payment* among the lines; parts and rest always sum to it.

    What the debtor designated comes first, then the oldest claim; within a claim the kinds in
    *order*, and of one kind the oldest line.
    """
    parts: list[tuple[int, Money]] = []
    rest = payment
    for line in sorted(open_lines, key=_rank(open_lines, order)):
        part = min(line.open, rest)
        if part > NOTHING:
            parts.append((line.id, part))
            rest -= part
    return Coverage(tuple(parts), rest)


def _rank(
    open_lines: Sequence[OpenLine], order: tuple[str, ...]
) -> Callable[[OpenLine], tuple[bool, date, str, int, date, int]]:
    oldest: dict[str, date] = {}
    for line in open_lines:
        oldest[line.claim] = min(line.due_on, oldest.get(line.claim, line.due_on))
    places = {kind: place for place, kind in enumerate(order)}
    return lambda line: (
        not line.is_designated,
        oldest[line.claim],
        line.claim,
        places.get(line.kind, len(order)),
        line.due_on,
        line.id,
    )
