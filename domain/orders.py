"""What a story asks to have done: one order, one act, one transaction.

*key* names the act among all acts of the same claim or agreement: given twice, it is done once.
*on* is the town's date when the story gave the order.
"""

from dataclasses import dataclass
from datetime import date

from domain.claim import Ending
from domain.decisions import TaskKind
from domain.letters import Letter
from domain.record import AgreementOutcome


@dataclass(frozen=True, slots=True)
class Order:
    """*subject* is the id of the claim or the agreement; *after* the act whose time must be out."""

    subject: str
    key: str
    on: date
    after: str | None = None


@dataclass(frozen=True, slots=True)
class WriteLetter(Order):
    letter: Letter = Letter.DEMAND


@dataclass(frozen=True, slots=True)
class AskPerson(Order):
    kind: TaskKind = TaskKind.DIALOGUE


@dataclass(frozen=True, slots=True)
class Transfer(Order):
    pass


@dataclass(frozen=True, slots=True)
class Recall(Order):
    pass


@dataclass(frozen=True, slots=True)
class Close(Order):
    ending: Ending = Ending.PAID


@dataclass(frozen=True, slots=True)
class CloseAgreement(Order):
    outcome: AgreementOutcome = AgreementOutcome.KEPT
