"""What the outside world may tell a running story. Facts, in the past tense: references only.

Money and personal data stay in the database: an undecodable signal is dropped without a word.
"""

from dataclasses import dataclass
from datetime import date

from domain.decisions import Answer
from domain.record import AgreementOutcome, Hold, News


@dataclass(frozen=True)
class TaskDecided:
    task: str
    answer: Answer


@dataclass(frozen=True)
class LetterSent:
    """A letter left later than planned; *deadline* is the debtor's last day now."""

    key: str
    deadline: date


@dataclass(frozen=True)
class HoldPlaced:
    number: int
    hold: Hold


@dataclass(frozen=True)
class HoldReleased:
    number: int
    on: date


@dataclass(frozen=True)
class AgreementEnded:
    agreement: str
    outcome: AgreementOutcome


@dataclass(frozen=True)
class NewsArrived:
    """The *number*-th notice from the recovery authority about this claim, counted from 1."""

    number: int
    kind: News


@dataclass(frozen=True)
class InstalmentsCovered:
    covered: int
