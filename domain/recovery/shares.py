"""How what is paid to us is reported on the claims that lie at the authority: to the øre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.money import NOTHING, Money
from domain.recovery.claim import Part

_ORDER = (Part.INTEREST, Part.FEE, Part.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class LyingPart:
    """*left*: what of it lies there."""

    reference: str
    part: Part
    left: Money


def shares(
    amount: Money, covered: Mapping[Part, Money], parts: Sequence[LyingPart]
) -> tuple[tuple[str, Money], ...]:
    """What to take off each, in all *amount*: of the part of the debt that the money has covered.

    What our cover does not explain goes where there is room, and what there is no room for stays
    on the main claim, where the authority will say so.
    """
    left = {one.reference: one.left for one in parts}
    taken: dict[str, Money] = {}
    for part in _ORDER:
        wanted = min(covered.get(part, NOTHING), amount - sum(taken.values(), NOTHING))
        _take(wanted, [one.reference for one in parts if one.part is part], left, taken)
    rest = amount - sum(taken.values(), NOTHING)
    ordered = sorted(parts, key=lambda one: _ORDER.index(one.part))
    rest -= _take(rest, [one.reference for one in ordered], left, taken)
    if rest > NOTHING and (main := _main(parts)):
        taken[main] = taken.get(main, NOTHING) + rest
    return tuple(taken.items())


def _take(
    wanted: Money, references: Sequence[str], left: dict[str, Money], taken: dict[str, Money]
) -> Money:
    """As much of *wanted* as there is room for, the first first; returns how much that was."""
    found = NOTHING
    for reference, part in _fill(wanted, references, left):
        left[reference] -= part
        taken[reference] = taken.get(reference, NOTHING) + part
        found += part
    return found


def _fill(
    wanted: Money, references: Sequence[str], left: Mapping[str, Money]
) -> Iterator[tuple[str, Money]]:
    for reference in references:
        part = min(wanted, left[reference])
        if part > NOTHING:
            wanted -= part
            yield reference, part


def _main(parts: Sequence[LyingPart]) -> str | None:
    return next((one.reference for one in parts if one.part is Part.PRINCIPAL), None)
