"""Which letters to one debtor leave as one, and whose words that one has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.letters import Letter


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in the tray. *about* is what asked for it: a claim, or an agreement.

    *fee_ore* is what was charged for it, as long as no copy of it has left. *bound*: the letter it
    was to leave with when something died: whoever has that one must get no other with this in it.
    """

    id: int
    debtor: int
    letter: Letter
    claim: str
    about: str
    fee_ore: int = 0
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """Letters that leave as one: the first gives the words and the number in the post."""

    letters: tuple[Waiting, ...]

    @property
    def leader(self) -> Waiting:
        return self.letters[0]

    @property
    def ids(self) -> list[int]:
        return [one.id for one in self.letters]

    @property
    def surplus_fees(self) -> list[Waiting]:
        """Those whose fee is given up: one letter, one fee, the leader's where it has one."""
        charged = [one for one in self.letters if one.fee_ore]
        return charged[1:]


def merge(waiting: Sequence[Waiting], merges: Collection[Letter]) -> list[Sending]:
    """The letters of each debtor that may leave together, those with the highest level first.

    The order of the first of each is kept; so the same tray gives the same sendings.
    """
    sendings: dict[tuple[int, int], list[Waiting]] = {}
    for one in waiting:
        may_join = one.letter in merges and one.about == one.claim
        group = one.bound or (0 if may_join else one.id)
        sendings.setdefault((one.debtor, group), []).append(one)
    return [Sending(tuple(sorted(group, key=_rank))) for group in sendings.values()]


def _rank(one: Waiting) -> tuple[int, int]:
    return -one.letter.level, one.id
