"""What a delivery tells in the house's own words: payments, mandates and collections."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateways.betalingsservice.records import ENCODING, Record, refuse
from gateways.betalingsservice.tally import Sign, sign_of
from gateways.betalingsservice.walking import Placed

_SOURCE_DIGEST, _KEY_DIGEST = 12, 24


class PaymentKind(StrEnum):
    """Completed is not for good: the same payment may be charged back days later."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"  # the mandate was gone when the payment fell due
    CHARGED_BACK = "charged_back"
    SLIP_PAID = "slip_paid"
    SLIP_REVERSED = "slip_reversed"


class MandateKind(StrEnum):
    ACTIVE = "active"
    REGISTERED = "registered"
    CANCELLED_BY_BANK = "cancelled_by_bank"
    CANCELLED_BY_CREDITOR = "cancelled_by_creditor"
    CANCELLED_BY_BETALINGSSERVICE = "cancelled_by_betalingsservice"


# The slips' two (0297, 0299) are unverified.
PAYMENTS = {
    "0236": PaymentKind.COMPLETED,
    "0237": PaymentKind.REJECTED,
    "0238": PaymentKind.CANCELLED,
    "0239": PaymentKind.CHARGED_BACK,
    "0297": PaymentKind.SLIP_PAID,
    "0299": PaymentKind.SLIP_REVERSED,
}
MANDATES = {
    "0230": MandateKind.ACTIVE,
    "0231": MandateKind.REGISTERED,
    "0232": MandateKind.CANCELLED_BY_BANK,
    "0233": MandateKind.CANCELLED_BY_CREDITOR,
    "0234": MandateKind.CANCELLED_BY_BETALINGSSERVICE,
}


@dataclass(frozen=True, slots=True)
class CollectedPayment:
    """Amounts are øre without a sign; which way the money went, *kind* says.

    *source_reference* is this record in this delivery; *bs_key* is the same when the same payment
    is told again in another. A slip has no mandate, and its reference has nine characters.
    """

    source_reference: str
    bs_key: str
    kind: PaymentKind
    pbs_number: str
    debtor_group: str
    customer_number: str
    mandate: str | None
    due_on: date | None
    amount_ore: int
    sign: Sign
    reference: str
    paid_on: date | None
    booked_on: date | None
    paid_ore: int


@dataclass(frozen=True, slots=True)
class MandateNotice:
    source_reference: str
    kind: MandateKind
    pbs_number: str
    debtor_group: str
    customer_number: str
    mandate: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Collection:
    """What a debtor is to pay by their *mandate*; *text_lines* tell the debtor what for."""

    customer_number: str
    mandate: str
    due_on: date
    amount_ore: int
    reference: str
    text_lines: tuple[str, ...] = ()


def payment_of(placed: Placed) -> CollectedPayment:
    record = placed.record
    return CollectedPayment(
        source_reference=_source_reference(placed),
        bs_key=_bs_key(record),
        kind=PAYMENTS[record.said("transaction")],
        pbs_number=record.said("pbs_number"),
        debtor_group=record.said("debtor_group"),
        customer_number=record.said("customer_number"),
        mandate=_mandate(record),
        due_on=record.day("due_on"),
        amount_ore=record.number("amount"),
        sign=sign_of(record),
        reference=record.said("reference").strip(" "),
        paid_on=record.day("paid_on"),
        booked_on=record.day("booked_on"),
        paid_ore=record.number("paid_amount"),
    )


def mandate_notice_of(placed: Placed) -> MandateNotice:
    record = placed.record
    return MandateNotice(
        source_reference=_source_reference(placed),
        kind=MANDATES[record.said("transaction")],
        pbs_number=record.said("pbs_number"),
        debtor_group=record.said("debtor_group"),
        customer_number=record.said("customer_number"),
        mandate=record.said("mandate"),
        start=record.day("start"),
        end=record.day("end"),
    )


def collection_of(record: Record, text_lines: tuple[str, ...]) -> Collection:
    """We collect and never disburse this way; a collection has a day on which it falls due."""
    due_on = record.day("due_on")
    if due_on is None:
        column = record.column_of("due_on")
        raise refuse("due_on", "bs-day", record.line, column, found="00000000")
    if sign_of(record) is not Sign.COLLECT or not record.number("amount"):
        raise refuse("amount", "bs-amount", record.line, record.column_of("amount"))
    return Collection(
        customer_number=record.said("customer_number"),
        mandate=record.said("mandate"),
        due_on=due_on,
        amount_ore=record.number("amount"),
        reference=record.said("reference").strip(" "),
        text_lines=text_lines,
    )


def _source_reference(placed: Placed) -> str:
    """Where it stands, and a digest: suppliers begin their ids anew when numbers run out."""
    delivery, section, record = placed.delivery, placed.section, placed.record
    said = f"{delivery.text}\n{section.text}\n{record.text}"
    digest = hashlib.sha256(said.encode(ENCODING)).hexdigest()[:_SOURCE_DIGEST]
    names = (delivery.said("delivery_id"), delivery.said("supplier"), section.said("section"))
    return "-".join((*names, str(record.line), digest))


def _bs_key(record: Record) -> str:
    said = (
        record.said("pbs_number"),
        record.said("transaction"),
        record.said("customer_number"),
        _mandate(record) or "",
        _day(record.day("due_on")),
        str(record.number("amount")),
        record.said("reference").strip(" "),
        _day(record.day("paid_on")),
    )
    # A control character parts them: no record holds one.
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:_KEY_DIGEST]


def _mandate(record: Record) -> str | None:
    return record.said("mandate") if "mandate" in record.values else None


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
