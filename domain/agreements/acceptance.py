"""How a debtor has said yes to an agreement, and what of the debt they acknowledged thereby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.errors import Fault, Invalid
from domain.limitation.dates import LimitationKind


class AcceptedBy(StrEnum):
    """How the yes came."""

    PHONE = "phone"  # telefonisk
    DIGITAL_POST = "digital-post"  # Digital Post
    WRITTEN = "written"  # mail eller brev
    SIGNED = "signed"  # underskrevet

    @property
    def is_in_writing(self) -> bool:
        return self is not AcceptedBy.PHONE


class Acknowledged(StrEnum):
    """How much of the debt the debtor has acknowledged (erkendelse)."""

    DEBT = "debt"  # at de skylder: ny frist af samme længde, forældelseslovens § 15
    EXISTENCE_AND_AMOUNT = "existence-and-amount"  # gælden og dens størrelse: § 5, stk. 1, nr. 3


@dataclass(frozen=True, slots=True)
class Acceptance:
    """*attachment_id*: the paper or the message itself, where it is in the file."""

    by: AcceptedBy
    acknowledged: Acknowledged
    given_on: date
    attachment_id: int | None = None

    @property
    def limitation_kind(self) -> LimitationKind:
        """What it does to the limitation of what it is about."""
        if self.acknowledged is Acknowledged.EXISTENCE_AND_AMOUNT:
            return LimitationKind.WRITTEN_ACKNOWLEDGEMENT
        return LimitationKind.ACKNOWLEDGEMENT

    def require_sound(self, on: date, owed_since: date) -> None:
        """Nobody acknowledges an amount in a talk, nor a debt before there was one.

        Raises Invalid. *owed_since*: when the debt arose.
        """
        is_fixed = self.acknowledged is Acknowledged.EXISTENCE_AND_AMOUNT
        if is_fixed and not self.by.is_in_writing:
            raise Invalid(Fault("acknowledged", "acknowledged-not-in-writing"))
        if self.given_on > on:
            raise Invalid(Fault("accepted-on", "accepted-in-the-future"))
        if self.given_on < min(owed_since, on):
            raise Invalid(Fault("accepted-on", "accepted-before-the-debt"))
