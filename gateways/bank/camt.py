"""Reads the bank's statements and advices (camt.053, camt.054), one transaction at a time."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from lxml import etree

from domain.calendar import today
from domain.errors import Fault, Invalid
from domain.payment_reference import find_references
from gateways.bank.elements import (
    STATEMENTS,
    all_at,
    forget,
    name_of,
    place_of,
    text_at,
    walk,
)

_AMOUNT = re.compile(r"(?P<kroner>[0-9]{1,13})(\.(?P<ore>[0-9]{0,2})0*)?")
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_TRUE = {"true", "1"}
_BOOKED = {"", "BOOK"}

# Where Danish banks put the reference of a payment slip: structured, as a code, or in text.
_REFERENCE_PATHS = (
    ("RmtInf", "Strd", "CdtrRefInf", "Ref"),
    ("RmtInf", "Strd", "AddtlRmtInf"),
    ("BkTxCd", "Prtry", "Cd"),
    ("RmtInf", "Ustrd"),
    ("AddtlTxInf",),
    ("AddtlNtryInf",),
)


class TransactionKind(StrEnum):
    CREDIT = "credit"  # money in
    DEBIT = "debit"  # money out
    REVERSAL = "reversal"  # an earlier transaction taken back


_KINDS = {"CRDT": TransactionKind.CREDIT, "DBIT": TransactionKind.DEBIT}


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """*source_reference* is the same whenever the same bytes are read. Amounts are positive øre.

    *paid_on* is when the payer paid: acceptance, else value, else booking.
    """

    source_reference: str
    kind: TransactionKind
    amount_ore: int
    currency: str
    paid_on: date
    booked_on: date
    payment_references: tuple[str, ...]
    payer: str
    text: str


@dataclass(frozen=True, slots=True)
class BankTotals:
    """*opening*, *closing* and *booked*: signed øre; the balances None where the file has none."""

    statement_id: str
    opening: int | None
    closing: int | None
    booked: int

    @property
    def difference(self) -> int:
        """What the balances say beyond the entries; 0 when they agree or there are none."""
        if self.opening is None or self.closing is None:
            return 0
        return self.closing - self.opening - self.booked


def read_transactions(content: bytes) -> Iterator[BankTransaction]:
    """The booked transactions of all statements, in order. Raises Invalid where it cannot read."""
    place = 0
    for element in walk(content):
        if name_of(element) == "Ntry":
            place += 1
            if _is_booked(element):
                yield from _entry(element, place)
            forget(element)
        elif name_of(element) in STATEMENTS:
            place = 0


def read_totals(content: bytes) -> list[BankTotals]:
    """Of each statement: its balances, and the sum of its entries."""
    totals: list[BankTotals] = []
    balances: dict[str, int] = {}
    booked = 0
    for element in walk(content):
        match name_of(element):
            case "Bal":
                balances[text_at(element, "Tp", "CdOrPrtry", "Cd")] = _signed(element)
            case "Ntry":
                booked += _signed(element) if _is_booked(element) else 0
                forget(element)
            case _:
                opening = balances.get("OPBD", balances.get("PRCD"))
                statement_id = text_at(element, "Id")
                totals.append(BankTotals(statement_id, opening, balances.get("CLBD"), booked))
                balances, booked = {}, 0
    return totals


def _entry(entry: etree._Element, place: int) -> Iterator[BankTransaction]:
    """An entry's own payments, or the entry itself when it tells of none."""
    details = all_at(entry, "NtryDtls", "TxDtls")
    booked_on = _day(entry, entry, ("BookgDt",), ("ValDt",))
    for number, part in enumerate(details or [entry], start=1):
        ore, currency = _amount(part, entry)
        is_alone = len(details) <= 1
        yield BankTransaction(
            source_reference=_source_reference(part, entry, f"{place}-{number}", booked_on),
            kind=_kind(part, entry),
            amount_ore=ore,
            currency=currency,
            paid_on=_day(part, entry, ("RltdDts", "AccptncDtTm"), ("ValDt",), ("BookgDt",)),
            booked_on=booked_on,
            payment_references=_references(part, entry) if is_alone else _references(part),
            payer=text_at(part, "RltdPties", "Dbtr", "Nm")
            or text_at(part, "RltdPties", "Dbtr", "Pty", "Nm"),
            text=" ".join(e.text for e in all_at(part, "RmtInf", "Ustrd") if e.text)[:500],
        )


def _source_reference(
    part: etree._Element, entry: etree._Element, place: str, booked_on: date
) -> str:
    """Where it stands, what the bank calls it, and a digest of all that tells it from others.

    Some banks begin their statements' numbers anew each year, and for each account.
    """
    statement = entry.getparent()
    assert statement is not None
    account = text_at(statement, "Acct", "Id", "IBAN") or text_at(
        statement, "Acct", "Id", "Othr", "Id"
    )
    said = f"{account} {booked_on} ".encode() + etree.tostring(part, method="c14n")
    digest = hashlib.sha256(said).hexdigest()[:12]
    called = text_at(entry, "AcctSvcrRef") or text_at(entry, "NtryRef")
    return f"{text_at(statement, 'Id')}-{place}-{called}-{digest}"


def _is_booked(entry: etree._Element) -> bool:
    """Version 02 writes the status as text, later ones as a code."""
    return (text_at(entry, "Sts", "Cd") or text_at(entry, "Sts")) in _BOOKED


def _kind(part: etree._Element, entry: etree._Element) -> TransactionKind:
    if text_at(entry, "RvslInd") in _TRUE:
        return TransactionKind.REVERSAL
    return _direction(part if text_at(part, "CdtDbtInd") else entry)


def _direction(element: etree._Element) -> TransactionKind:
    direction = _KINDS.get(text_at(element, "CdtDbtInd"))
    if direction is None:
        raise Invalid(Fault("CdtDbtInd", "bank-file-amount", place_of(element)))
    return direction


def _amount(part: etree._Element, entry: etree._Element) -> tuple[int, str]:
    """In whole øre, and the currency: a payment's own booked amount, else the entry's."""
    found = all_at(part, "Amt") or all_at(part, "AmtDtls", "TxAmt", "Amt") or all_at(entry, "Amt")
    if not found:
        raise Invalid(Fault("Amt", "bank-file-amount-missing", place_of(entry)))
    return _ore(found[0]), found[0].get("Ccy", "")


def _ore(element: etree._Element) -> int:
    """Whole øre; two decimals that say something, and no more digits than a bank has money."""
    match = _AMOUNT.fullmatch((element.text or "").strip())
    if match is None or not element.get("Ccy"):
        raise Invalid(Fault("Amt", "bank-file-amount", place_of(element)))
    return int(match["kroner"]) * 100 + int((match["ore"] or "").ljust(2, "0"))


def _signed(element: etree._Element) -> int:
    ore, _ = _amount(element, element)
    return ore if _direction(element) is TransactionKind.CREDIT else -ore


def _day(part: etree._Element, entry: etree._Element, *paths: tuple[str, ...]) -> date:
    """The first day that stands on one of *paths*, the payment's own before the entry's."""
    for path in paths:
        for owner in (part, entry):
            found = text_at(owner, *path, "Dt") or text_at(owner, *path, "DtTm")
            if found := found or text_at(owner, *path):
                try:
                    return _danish_day(found)
                except (ValueError, OverflowError) as error:
                    raise Invalid(Fault(path[-1], "bank-file-day", place_of(entry))) from error
    raise Invalid(Fault("BookgDt", "bank-file-day", place_of(entry)))


def _danish_day(text: str) -> date:
    """A moment with its offset from UTC may be another day in Denmark."""
    if match := _DAY.fullmatch(text):
        return date.fromisoformat(match["day"])
    moment = datetime.fromisoformat(text)
    return today(moment) if moment.tzinfo else moment.date()


def _references(*owners: etree._Element) -> tuple[str, ...]:
    texts = [
        element.text or ""
        for owner in owners
        for path in _REFERENCE_PATHS
        for element in all_at(owner, *path)
    ]
    return tuple(dict.fromkeys(ref for text in texts for ref in find_references(text)))
