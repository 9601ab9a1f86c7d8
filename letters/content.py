"""What a letter has to say, before anyone thinks of how it looks."""

from dataclasses import dataclass
from datetime import date

from domain.letters import Letter
from domain.money import NOTHING, Money


@dataclass(frozen=True, slots=True)
class OwedLine:
    """A part of the debt in the words the debtor reads, and the law it rests on."""

    text: str
    amount: Money
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class OwedClaim:
    """One claim as its debtor sees it. *can_grow*: with interest or fees when it is paid late.

    *carries_transfer_notice*: this letter tells that the claim may go to the recovery authority.
    """

    id: str
    claim_type: str
    description: str
    period_start: date
    period_end: date
    lines: tuple[OwedLine, ...]
    payment_line: str
    legal_basis: str = ""
    can_grow: bool = False
    carries_transfer_notice: bool = False

    @property
    def total(self) -> Money:
        return sum((line.amount for line in self.lines), NOTHING)


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """An instalment; *missing* is what of it has not come."""

    number: int
    due_on: date
    amount: Money
    missing: Money


@dataclass(frozen=True, slots=True)
class HearingCall:
    """When and where a distraint hearing is held. *expected*: what is owed on that day before it.

    *court_fee* is owed beside, and only when it is held. *number* is ours; *estate* what may be
    taken, where it is known.
    """

    day: date
    time: str
    place: str
    expected: Money
    court_fee: Money
    with_court_fee: Money
    number: str = ""
    estate: str = ""

    @property
    def has_court_fee(self) -> bool:
        return self.court_fee > NOTHING


@dataclass(frozen=True, slots=True)
class Office:
    """Who writes, and where the debtor can turn."""

    municipality: str
    sender: tuple[str, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class LetterContent:
    """The facts of one letter to one debtor.

    *deadline* is the last day to do what it asks; *fee* what the letter itself costs. *instalments*
    are the agreement's, and *missing* the one that a reminder is about. *note*: paragraphs that a
    person has written for this letter. *address* is empty where nobody is to read it in a letter
    that goes by no postman. *ground*: the law by which one is freed. *rested_interest*: what was
    added when an agreement ended, in which it had stood still.
    """

    letter: Letter
    written_on: date
    name: str
    address: tuple[str, ...]
    claims: tuple[OwedClaim, ...]
    deadline: date
    office: Office
    language: str = "da"
    fee: OwedLine | None = None
    instalments: tuple[PlannedPayment, ...] = ()
    missing: PlannedPayment | None = None
    can_be_withheld_from_wages: bool = False
    has_co_debtors: bool = False
    may_agree: bool = False
    note: tuple[str, ...] = ()
    held_since: date | None = None
    held_until: date | None = None
    refund: Money | None = None
    rested_interest: Money | None = None
    hearing: HearingCall | None = None
    ground: str = ""

    @property
    def total(self) -> Money:
        return sum((claim.total for claim in self.claims), NOTHING)

    @property
    def can_grow(self) -> bool:
        return any(claim.can_grow for claim in self.claims)

    @property
    def has_extras(self) -> bool:
        """Whether it demands more than what was owed to begin with."""
        return any(len(claim.lines) > 1 for claim in self.claims)

    @property
    def transferable(self) -> tuple[str, ...]:
        """The claims that this letter says may go to the recovery authority."""
        return tuple(claim.id for claim in self.claims if claim.carries_transfer_notice)
