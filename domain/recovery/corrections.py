"""What a person may correct of a claim that lies at the recovery authority, and what that does.

Each is an action of the authority's (`recovery_actions`) with a line in our own books: both say
the same afterwards. A payment that comes or bounces is no correction: it is reported by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.money import NOTHING, Money
from domain.recovery.actions import ADDING, ActionKind, ActionReason, rule_of
from domain.recovery.refusals import OVER_BALANCE, Asked, Lying, Undone, refusal

_K = ActionKind
NEW = (_K.WRITE_DOWN, _K.RAISE, _K.RAISE_PRINCIPAL)
UNDOING = {
    (_K.WRITE_DOWN, ActionReason.REGU): _K.UNDO_CORRECTION,
    (_K.RAISE, None): _K.UNDO_RAISE,
}
CORRECTIONS = (*NEW, *UNDOING.values())
_A_LITTLE = Money(1)
_NO_FACTS = "550"


def reason_for(kind: ActionKind) -> ActionReason | None:
    return ActionReason.REGU if kind is _K.WRITE_DOWN else None


def is_raised_anew(kind: ActionKind) -> bool:
    """Whether the debtors must be reminded and notified of it first: the raise is a claim of its
    own in the complex (GST 04a)."""
    return kind is _K.RAISE


@dataclass(frozen=True, slots=True)
class Done:
    """A correction that was made, and that may be undone: once, and whole."""

    action_id: int
    kind: ActionKind
    reason: ActionReason | None
    reference: str
    amount: Money
    on: date
    is_sent: bool = True

    @property
    def undone_by(self) -> ActionKind:
        return UNDOING[(self.kind, self.reason)]


@dataclass(frozen=True, slots=True)
class Correctable:
    """One claim there. *owed*: what our books have open of it; *done*: corrections that stand.

    *has_facts*: whether its stamdata are known as they were sent, which a new principal goes with.
    """

    reference: str
    lying: Lying
    owed: Money
    done: tuple[Done, ...] = ()
    has_facts: bool = True

    @property
    def most(self) -> Money:
        """What it can be written down by: no more than is left there, or owed here."""
        return max(min(self.lying.left, self.owed), NOTHING)

    def may(self, kind: ActionKind, on: date) -> bool:
        """Whether the authority would take the smallest such correction of it."""
        if kind is _K.WRITE_DOWN and not self.most:
            return False
        if kind is _K.RAISE_PRINCIPAL and not self.has_facts:
            return False
        principal = self.lying.principal + _A_LITTLE
        asked = Asked(kind, on, reason_for(kind), _A_LITTLE, principal=principal)
        return refusal(asked, self.lying) is None

    def offers(self, on: date) -> tuple[ActionKind, ...]:
        return tuple(kind for kind in NEW if self.may(kind, on))

    def undoable(self, on: date) -> tuple[Done, ...]:
        return tuple(done for done in self.done if self.refusal_of_undoing(done, on) is None)

    def refusal_of_undoing(self, done: Done, on: date) -> str | None:
        if not done.is_sent:
            return None  # it never left: nothing is told of it
        undone = Undone(done.kind, done.reason, done.amount)
        asked = Asked(done.undone_by, on, None, done.amount, undone=undone)
        if done.undone_by is _K.UNDO_RAISE and done.amount > self.owed:
            return OVER_BALANCE
        return refusal(asked, self.lying)

    def refusal_of(self, kind: ActionKind, amount: Money, on: date) -> str | None:
        """The code for a new one: *amount* is the new principal where that is raised."""
        is_principal = kind is _K.RAISE_PRINCIPAL
        if is_principal and not self.has_facts:
            return _NO_FACTS
        asked = Asked(
            kind, on, reason_for(kind), NOTHING if is_principal else amount,
            principal=amount if is_principal else NOTHING,
        )  # fmt: skip
        code = refusal(asked, self.lying)
        is_over = kind is _K.WRITE_DOWN and amount > self.owed
        return code or (OVER_BALANCE if is_over else None)


def moved_by(kind: ActionKind, amount: Money) -> Money:
    """How the balance changes, there and here; a principal moves none."""
    if kind is _K.RAISE_PRINCIPAL:
        return NOTHING
    return amount if kind in ADDING else -amount


@dataclass(frozen=True, slots=True)
class Report:
    """A report of ours about one payment: a write-down, or what undoes another."""

    action_id: int
    kind: ActionKind
    amount: Money
    undoes: int | None
    is_sent: bool


def standing(reports: Sequence[Report], kind: ActionKind) -> list[Report]:
    """The reports of that *kind* that have not been undone, the earliest first.

    What undid a report and was itself undone lets the report stand again.
    """
    undone = set(_undone(reports))
    return [one for one in reports if one.kind is kind and one.action_id not in undone]


def _undone(reports: Sequence[Report]) -> Iterator[int]:
    lifted = {one.undoes for one in reports if one.kind is _K.UNDO_WRITE_UP}
    for one in reports:
        if one.undoes is not None and one.action_id not in lifted:
            yield one.undoes


assert all(rule_of(kind, reason_for(kind)) for kind in CORRECTIONS)
