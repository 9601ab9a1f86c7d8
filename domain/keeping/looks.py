"""Looks drawn for control: which of a month, and what may be said of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum


class LookVerdict(StrEnum):
    FINE = "fine"  # i orden
    ASK = "ask"  # spørg kollegaen
    REPORTED = "reported"  # anmeldt


def draw(seed: str, looks: Iterable[int], wanted: int) -> Sequence[int]:
    """At most *wanted* of the numbers, in order; the same for the same *seed*, by anybody.

    Each number is weighed by SHA-256 of the seed and itself, and the lightest are drawn: whoever
    has the seed can draw again, and nobody can choose.
    """
    return sorted(sorted(looks, key=lambda number: _weight(seed, number))[:wanted])


def _weight(seed: str, number: int) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
