"""What we ask of the outside world, whoever answers.

A gateway never asks the clock: the town's time comes in where it matters. Every send is idempotent
by the id the caller gives. GatewayUnavailable means try later; GatewayRejected means never.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.recovery.actions import ActionKind, ActionReason
from domain.recovery.claim import RecoveryClaim


@dataclass(frozen=True, slots=True)
class Recipient:
    """*national_id*: the digits of a CPR or CVR number."""

    national_id: str
    name: str
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaySlip:
    """How the debtor can pay: the whole payment line, as `+71<…+…<`, and until when."""

    line: str
    amount_ore: int
    pay_by: date


@dataclass(frozen=True, slots=True)
class PostMessage:
    """*body* is the letter as plain text, *document* the same letter as a PDF.

    *case* is the claim it is about; *language* is `da` or `en`.
    """

    message_id: str
    recipient: Recipient
    subject: str
    body: str
    is_legal_notification: bool = False
    document: bytes = b""
    language: str = "da"
    case: str = ""
    slip: PaySlip | None = None


class PostOutcome(StrEnum):
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXEMPT = "exempt"  # fritaget for Digital Post
    RETURNED = "returned"  # physical post came back


@dataclass(frozen=True, slots=True)
class PostReceipt:
    """*number* is the counterpart's own, rising: read on from the last one seen."""

    number: int
    message_id: str
    outcome: PostOutcome
    at: datetime


class DigitalPost(Protocol):
    async def send(self, message: PostMessage, now: datetime) -> None:
        """Accepted is not delivered: the receipt tells."""

    async def taken(self, message_ids: Sequence[str]) -> list[str]:
        """Those of *message_ids* that have been accepted."""

    async def receipts(self, after: int, now: datetime) -> list[PostReceipt]: ...


class PhysicalPost(Protocol):
    async def send(self, message: PostMessage, now: datetime) -> None: ...

    async def taken(self, message_ids: Sequence[str]) -> list[str]: ...

    async def receipts(self, after: int, now: datetime) -> list[PostReceipt]: ...


@dataclass(frozen=True, slots=True)
class Payout:
    """Money for whoever has the CPR or CVR number, to the account they have named the state."""

    payout_id: str
    national_id: str
    amount_ore: int
    text: str


class PayoutOutcome(StrEnum):
    PAID = "paid"  # udbetalt
    REJECTED = "rejected"  # afvist: no such account


@dataclass(frozen=True, slots=True)
class PayoutReceipt:
    number: int
    payout_id: str
    outcome: PayoutOutcome
    on: date
    code: str = ""


class NemKonto(Protocol):
    async def pay(self, payout: Payout, now: datetime) -> None:
        """Accepted is not paid: the receipt tells."""

    async def receipts(self, after: int, now: datetime) -> list[PayoutReceipt]: ...


class DirectDebit(Protocol):
    async def deliver(self, name: str, content: bytes) -> None:
        """A file of collections, taken whole and once; GatewayRejected for one it cannot read."""


@dataclass(frozen=True, slots=True)
class RecoveryAction:
    """One action on one claim there. *reference* is the claim's, ours.

    *undoes* is the delivery that brought what it takes back; of a claim that is sent once more, its
    old reference.

    *claim* are its facts, where it is sent anew or its principal is raised; *related* go with it.
    *national_ids*: the CPR and CVR numbers of their debtors, by our ids.
    """

    kind: ActionKind
    reference: str
    reason: ActionReason | None = None
    amount_ore: int = 0
    effective_on: date | None = None
    undoes: str | None = None
    remark: str = ""
    claim: RecoveryClaim | None = None
    related: tuple[RecoveryClaim, ...] = ()
    national_ids: Mapping[int, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RecoveryDelivery:
    """What goes in one message, and is taken once by its id (MFLeveranceID)."""

    delivery_id: str
    actions: tuple[RecoveryAction, ...]


class NoticeKind(StrEnum):
    TAKEN = "taken"  # MODTAGET: to be answered later
    EXECUTED = "executed"  # UDFØRT
    REJECTED = "rejected"  # AFVIST
    IN_HEARING = "in-hearing"  # HØRING
    PAID = "paid"  # udligning: the authority has recovered some of it
    REVERSED = "reversed"  # udligning tilbageført: what it had recovered is taken back
    INTEREST = "interest"  # renter: what it has added while it has the claim
    PAYOUT = "payout"  # afregning: the month's money is on its way to our account
    RETURNED = "returned"  # returneret
    SETTLED = "settled"  # fully covered
    WRITTEN_OFF = "written-off"  # afskrevet
    UNREADABLE = "unreadable"  # we cannot tell what it says
    MISSED = "missed"  # we came too late to fetch it


@dataclass(frozen=True, slots=True)
class RecoveryNotice:
    """*claim_reference* is that of the claim there; *action_id* the delivery that is answered.

    *document* is the message itself where it could not be read.
    """

    number: int
    action_id: str | None
    claim_reference: str
    kind: NoticeKind
    on: date
    code: str | None = None
    text: str = ""
    amount_ore: int = 0
    document: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RecoveryStatementLine:
    """What we have moved there of one claim up to a day, in øre, as the authority has it.

    *recovered_ore* is its own doing and no part of the base (inddrivelsesgrundlag).
    """

    reference: str
    came_ore: int = 0  # tilgang
    recalled_ore: int = 0  # tilbagekald
    down_ore: int = 0  # nedskrivning
    up_ore: int = 0  # opskrivning
    recovered_ore: int = 0


class RecoveryAuthority(Protocol):
    async def submit(self, delivery: RecoveryDelivery, now: datetime) -> None:
        """Accepted is not done: a receipt for each action tells."""

    async def notices(self, after: int, now: datetime) -> list[RecoveryNotice]:
        """Numbered without a gap, but for those of more than three months ago: they are gone."""

    async def statement(self, until: date, now: datetime) -> list[RecoveryStatementLine]:
        """The books as they stood at the end of *until*, a line for each claim ever received."""


class Signer(Protocol):
    """Signs what we send with the house's certificate (VOCES)."""

    def sign(self, document: bytes) -> bytes:
        """The document in its signed envelope."""


class PersonStatus(StrEnum):
    ALIVE = "alive"
    DEAD = "dead"
    EMIGRATED = "emigrated"
    ACTIVE = "active"
    BANKRUPT = "bankrupt"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """*protected_until*: the last day of the protection, where the register tells it."""

    national_id: str
    name: str
    address: tuple[str, ...]
    status: PersonStatus
    is_protected: bool = False
    protected_until: date | None = None


class Registers(Protocol):
    async def look_up(self, national_id: str, on: date) -> RegisterEntry | None: ...
