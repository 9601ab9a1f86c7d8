"""What the lines on a claim's account mean: which are debt, and what a balance is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from domain.money import NOTHING, Money


class EntryKind(StrEnum):
    PRINCIPAL = "principal"  # hovedstol
    INTEREST = "interest"  # rente
    FEE = "fee"  # gebyr
    COURT_FEE = "court-fee"  # retsafgift
    PAYMENT = "payment"  # indbetaling
    REFUND = "refund"  # tilbagebetaling
    CORRECTION = "correction"  # regulering
    CHARGE_BACK = "charge-back"  # tilbageført betaling
    WRITE_OFF = "write-off"  # afskrivning
    ROUNDING = "rounding"  # øreafrunding

    @property
    def is_debt(self) -> bool:
        """Whether a payment can cover a line of this kind."""
        return self in DEBT

    def allows(self, amount: Money) -> bool:
        """Whether *amount* has the sign such a line must have: debt adds, payment lessens."""
        if self in _EITHER_WAY:
            return bool(amount)
        return amount > NOTHING if self in _ADDS else amount < NOTHING


DEBT = frozenset({EntryKind.PRINCIPAL, EntryKind.INTEREST, EntryKind.FEE, EntryKind.COURT_FEE})
_ADDS = DEBT | {EntryKind.REFUND, EntryKind.CHARGE_BACK}
_EITHER_WAY = frozenset({EntryKind.CORRECTION, EntryKind.ROUNDING})


class HasAmount(Protocol):
    @property
    def amount(self) -> Money: ...


def balance(entries: Iterable[HasAmount]) -> Money:
    """What is owed: the sum of the lines, in whatever order they were booked."""
    return sum((entry.amount for entry in entries), NOTHING)
