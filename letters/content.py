"""What a letter has to say, before anyone thinks of how it looks."""

from dataclasses import dataclass
from datetime import date

from domain.letters import Letter
from domain.money import Money


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A part of the debt, in the words the debtor reads."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class LetterContent:
    """The facts of one letter to one debtor. *deadline* is the last day to do what it asks."""

    letter: Letter
    name: str
    address: tuple[str, ...]
    claim_id: str
    claim_type: str
    description: str
    legal_basis: str
    lines: tuple[OwedLine, ...]
    deadline: date
    payment_line: str
    municipality: str
    sender: tuple[str, ...]
    phone: str
    carries_transfer_notice: bool = False

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.lines), Money(0))
