"""Reads Betalingsservice's deliveries: payments (0602), mandates (0603) and collections (0601)."""

from collections.abc import Iterator
from typing import BinaryIO

from gateways.betalingsservice.contents import (
    PAYMENTS,
    CollectedPayment,
    Collection,
    MandateNotice,
    collection_of,
    mandate_notice_of,
    payment_of,
)
from gateways.betalingsservice.records import Record, refuse
from gateways.betalingsservice.walking import DeliveryTotals, Placed, walk

_TO_US = frozenset({"0602", "0603"})
_FROM_US = frozenset({"0601"})


def read_delivery(
    stream: BinaryIO,
) -> Iterator[CollectedPayment | MandateNotice | DeliveryTotals]:
    """What Betalingsservice tells us, in order, and at the end the totals.

    One record is held at a time. Raises Invalid at the first fault; as sums come last, nothing is
    to be kept before the totals have come.
    """
    for told in walk(stream, _TO_US):
        if isinstance(told, DeliveryTotals):
            yield told
        elif told.record.layout.record == "042":
            is_payment = told.record.said("transaction") in PAYMENTS
            yield payment_of(told) if is_payment else mandate_notice_of(told)


def read_collections(stream: BinaryIO) -> Iterator[Collection | DeliveryTotals]:
    """What we ask Betalingsservice to collect, as it would read it, and at the end the totals."""
    waiting: Record | None = None
    lines: list[str] = []
    for told in walk(stream, _FROM_US):
        if isinstance(told, Placed) and told.record.layout.record == "052":
            lines.append(_text_of(told.record, waiting))
        elif isinstance(told, DeliveryTotals) or told.record.layout.record == "042":
            if waiting is not None:
                yield collection_of(waiting, tuple(lines))
            waiting, lines = (told.record, []) if isinstance(told, Placed) else (None, [])
            if isinstance(told, DeliveryTotals):
                yield told


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """The records inside the sections of any delivery, in order, as their layouts have them."""
    for told in walk(stream, _TO_US | _FROM_US):
        if isinstance(told, Placed):
            yield told.record


def _text_of(text: Record, collection: Record | None) -> str:
    """A line of text follows the collection it belongs to."""
    names = ("customer_number", "mandate")
    if collection is None or any(text.said(name) != collection.said(name) for name in names):
        raise refuse("record", "bs-out-of-place", text.line, 1, record="BS052")
    return text.said("words")
