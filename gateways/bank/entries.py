"""Knows an entry while it is read: what it booked, and whether its payments add up to that."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml import etree

from domain.errors import Fault, Invalid
from gateways.bank.amounts import day_at, is_incoming, own_amount, written
from gateways.bank.elements import all_at, parent_of, place_of, text_at
from gateways.bank.payments import Owner, Payment
from gateways.bank.transactions import BankTransaction

_BOOKED = {"", "BOOK"}


@dataclass(frozen=True, slots=True)
class _Batch:
    """*said*: how many payments the bank says there are; 0 where it does not."""

    element: etree._Element
    said: int


class Entry:
    def __init__(self, owner: Owner, element: etree._Element, place: int) -> None:
        """*element* may not have ended; what is read here stands before its payments."""
        self._owner, self.element, self._place = owner, element, place
        # Version 02 writes the status as text, later ones as a code.
        status = text_at(element, "Sts", "Cd") or text_at(element, "Sts")
        self.is_booked = status in _BOOKED
        self.amount, self.currency = own_amount(element)
        self.is_incoming = is_incoming(element)
        self.bank_reference = text_at(element, "AcctSvcrRef")
        self.number = text_at(element, "NtryRef")
        self.place = place_of(element)
        self._digest = hashlib.sha256()
        self._batch: _Batch | None = None
        self._read, self._read_in_batch = 0, 0
        self._told, self._is_comparable, self._charges = 0, True, 0

    @property
    def signed(self) -> int:
        return self.amount if self.is_incoming else -self.amount

    def read(self, part: etree._Element, *, is_alone: bool = False) -> Iterator[BankTransaction]:
        """A payment of it, or the entry itself when it tells of none; nothing if not booked."""
        said = self._said_of(part)
        self._read += 1
        payment = Payment(
            self._owner, self.element, part, f"{self._place}-{self._read}", is_alone=is_alone
        )
        self._digest.update(payment.content)
        if part is not self.element:
            self._add(payment)
        if self.is_booked:
            yield payment.transaction(said)

    @property
    def booked_on(self) -> date:
        return day_at((self.element,), ("BookgDt",), ("ValDt",))

    def digest(self) -> bytes:
        """Of all that stands in it, its payments first. Ask when it has ended."""
        self._digest.update(etree.tostring(self.element, method="c14n"))
        return self._digest.digest()

    def check(self) -> None:
        """Raises Invalid unless its payments are as many, and as much, as it says."""
        self._check_batch()
        told = self._told
        is_explained = self._read == 1 and told - self._charges == self.signed
        if self._batch and self._is_comparable and told != self.signed and not is_explained:
            values = {"entry": written(self.signed), "details": written(told)}
            raise Invalid(Fault("Amt", "bank-file-entry-details", self.place | values))

    def _said_of(self, part: etree._Element) -> int:
        if part is self.element:
            return sum(_said(details) for details in all_at(part, "NtryDtls"))
        details = parent_of(part)
        if self._batch is None or self._batch.element is not details:
            self._check_batch()
            self._batch, self._read_in_batch = _Batch(details, _said(details)), 0
        self._read_in_batch += 1
        return self._batch.said

    def _check_batch(self) -> None:
        batch, found = self._batch, self._read_in_batch
        if batch and batch.said not in {0, found}:
            values = {"said": str(batch.said), "found": str(found)}
            raise Invalid(Fault("NbOfTxs", "bank-file-entry-count", self.place | values))

    def _add(self, payment: Payment) -> None:
        ore, currency = payment.told
        self._is_comparable &= currency == self.currency
        self._told += ore if payment.is_incoming else -ore
        self._charges += payment.charges


def _said(details: etree._Element) -> int:
    return int(text_at(details, "Btch", "NbOfTxs") or 0)
