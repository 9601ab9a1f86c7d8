"""Reads the bank's statements and advices (camt.053, camt.054), one transaction at a time."""

from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO

from lxml import etree

from domain.errors import Fault, Invalid
from gateways.bank.documents import BankDocument
from gateways.bank.elements import drop, drop_before, forget, name_of, parent_of
from gateways.bank.entries import Entry
from gateways.bank.seen import Seen
from gateways.bank.statements import Statement, apart
from gateways.bank.transactions import (
    ADVICE,
    STATEMENT,
    BankTotals,
    BankTransaction,
    TransactionKind,
)

__all__ = [
    "ADVICE",
    "STATEMENT",
    "BankTotals",
    "BankTransaction",
    "TransactionKind",
    "read_file",
]


def read_file(stream: BinaryIO) -> Iterator[BankTransaction | BankTotals]:
    """Each statement's booked transactions in order, then its totals, once they agree.

    Raises Invalid where it cannot read or the sums do not agree. What came before that is not to
    be trusted: read to the end before anything is booked. Memory does not grow with the file.
    """
    with closing(Seen()) as seen:
        document = BankDocument(stream)
        reading = _Reading(document, seen)
        for part in document.parts():
            match name_of(part):
                case "TxDtls":
                    yield from reading.payment(part)
                case "Ntry":
                    yield from reading.entry(part)
                case _:
                    yield reading.statement(part)


class _Reading:
    """Where in the file we are. A part is checked by its schema before it is read."""

    def __init__(self, document: BankDocument, seen: Seen) -> None:
        self._document, self._seen = document, seen
        self._statement: Statement | None = None
        self._entries = 0
        self._entry: Entry | None = None
        self._first: etree._Element | None = None
        self._latest: dict[tuple[str, str], BankTotals] = {}

    def payment(self, part: etree._Element) -> Iterator[BankTransaction]:
        """An entry's first payment waits: until there is another it may be the only one."""
        if self._entry is None and self._first is None:
            self._first = part
            return
        if self._entry is None:
            element = parent_of(parent_of(part))
            self._document.check_head(element, "NtryDtls")
            self._entry = self._begin(element)
        waiting = [] if self._first is None else [self._first]
        for one in [*waiting, part]:
            self._document.check(one)
            yield from self._entry.read(one)
            forget(one)
            drop_before(parent_of(one))
        self._first = None

    def entry(self, element: etree._Element) -> Iterator[BankTransaction]:
        entry = self._entry
        if entry is None:
            self._document.check(element)
            entry = self._begin(element)
            yield from entry.read(
                self._first if self._first is not None else element, is_alone=True
            )
        else:
            drop(element, "NtryDtls", "TxDtls")
            self._document.check(element)
        assert self._statement is not None
        self._statement.add(entry)
        entry.check()
        self._statement.check(entry)
        self._entry = self._first = None
        forget(element)

    def statement(self, element: etree._Element) -> BankTotals:
        drop(element, "Ntry")
        self._document.check(element)
        statement = self._statement or self._begin_statement(element)
        totals = statement.totals()
        if faults := statement.faults(totals) + self._apart(totals):
            raise Invalid(*faults)
        self._statement, self._entries = None, 0
        forget(element)
        return totals

    def _begin(self, element: etree._Element) -> Entry:
        if self._statement is None:
            self._statement = self._begin_statement(parent_of(element))
        self._entries += 1
        return Entry(self._statement.owner, element, self._entries)

    def _begin_statement(self, element: etree._Element) -> Statement:
        self._document.check_head(element, "Ntry")
        return Statement(self._document.message, element, self._seen)

    def _apart(self, totals: BankTotals) -> list[Fault]:
        account = totals.account, totals.currency
        latest = self._latest.get(account)
        self._latest[account] = totals
        return apart(latest, totals) if latest else []
