"""What has happened to claims that hang together, as far as a replay of it must know.

What a story did is a deed; what came to it from outside is a happening, told by the deed that it
followed and by how many days: so it can come again in a past that went another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.decisions import Answer
from domain.record import News

BEGINNING = ""
"""The key of what comes before all deeds: the claim is registered, the agreement is signed."""


class Origin(StrEnum):
    """What comes to a story from outside. What comes on one day after one deed comes in order."""

    WITHDRAWN = "withdrawn"
    GIVEN_UP = "given-up"  # as a small amount
    DECIDED = "decided"
    RELEASED = "released"
    LETTER_LEFT = "letter-left"  # later than planned, or again
    WAIT_ENDED = "wait-ended"  # two supervisors would not wait for the day that was agreed
    RETURNED = "returned"  # a fee that was taken back
    MONEY = "money"
    CHARGED = "charged"  # a fee that no story charges
    NEWS = "news"
    COVERED = "covered"
    DISSOLVED = "dissolved"
    HELD = "held"
    REOPENED = "reopened"

    @property
    def turn(self) -> int:
        return _TURNS[self]


_TURNS = {origin: turn for turn, origin in enumerate(Origin)}
BY_THE_CALENDAR = frozenset(
    {
        *(Origin.WITHDRAWN, Origin.GIVEN_UP, Origin.RELEASED, Origin.MONEY, Origin.CHARGED),
        *(Origin.COVERED, Origin.HELD),
    }
)
"""What people and the bank do on a day of their own, where they are taken to care for no letter."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An act. *kind*: letter, task, transfer, recall or close; *told*: how that ended it."""

    subject: str
    key: str
    kind: str
    on: date
    told: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What a letter cost, in øre, and how much of it was taken back since."""

    claim_id: str
    letter: str
    on: date
    ore: int
    returned_ore: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """*anchors*: the deeds before it, earliest first, and how many days after each it came.

    *key*: of the task or letter; *number*: of the hold, the news, or how many instalments are
    covered; *turn*: its order among those of one moment; *until*: of a hold, or the deadline of a
    letter, or the day of a fee; *ore*: what is owed afterwards beside reminder fees, or what of
    one was taken back.
    """

    origin: Origin
    on: date
    anchors: tuple[tuple[str, int], ...]
    key: str = ""
    number: int = 0
    turn: int = 0
    answer: Answer | None = None
    until: date | None = None
    ore: int = 0
    is_settled: bool = False
    news: News | None = None
    is_after_the_night: bool = False
    """An agreement over the claim did something on that day, and did not know of it yet."""


@dataclass(frozen=True, slots=True)
class Past:
    """*deeds*: in the order in which they were done."""

    id: str
    begun_on: date
    deeds: tuple[Deed, ...]
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class PastClaim(Past):
    """*demanded*: another system had sent the demand. *owed*: by letter, what was owed without
    reminder fees when it was written, in øre.
    """

    claim_type: str
    last_timely_payment_date: date
    debtors: tuple[int, ...]
    principal_ore: int
    is_demanded: bool
    fees: tuple[Fee, ...]
    owed: Mapping[str, int]
    policy_version: str


@dataclass(frozen=True, slots=True)
class PastAgreement(Past):
    claims: tuple[str, ...]
    dues: tuple[date, ...]
    grace_days: int
    catch_up_days: int


@dataclass(frozen=True, slots=True)
class BankBook:
    """*statements*: by account, the day on which each came and the last day that it told of."""

    statements: Mapping[str, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def has_told(self, accounts: Iterable[str], needed: date, on: date) -> bool:
        """Whether in the night before *on* the day *needed* was known of each account."""
        return all(
            any(came < on and last >= needed for came, last in self.statements.get(one, ()))
            for one in accounts
        )


@dataclass(frozen=True, slots=True)
class PastGroup:
    """Claims and agreements of debtors who have claims in common: nothing outside concerns them.

    But for what the *bank* has told.
    """

    claims: tuple[PastClaim, ...]
    agreements: tuple[PastAgreement, ...]
    bank: BankBook = BankBook()
