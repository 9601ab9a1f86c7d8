"""Reads the bank's statements and advices (camt.053, camt.054), one transaction at a time."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO

from lxml import etree

from domain.errors import Fault, Invalid
from domain.payment_reference import find_references

_NAMESPACE = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.05[34]\.001\.0[2348]$")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_AMOUNT = re.compile(r"(?P<kroner>[0-9]{1,13})(\.(?P<ore>[0-9]{0,2})0*)?")
_STATEMENTS = {"Stmt", "Ntfctn"}


class TransactionKind(StrEnum):
    CREDIT = "credit"  # money in
    DEBIT = "debit"  # money out
    REVERSAL = "reversal"  # an earlier transaction taken back


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """*source_reference* is the same whenever the same bytes are read. Amounts are positive øre."""

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
    statement_id = ""
    place = 0
    for element in _elements(content):
        name = _name(element)
        if name == "Id" and _name(element.getparent()) in _STATEMENTS:
            statement_id, place = element.text or "", 0
        elif name == "Ntry":
            place += 1
            yield from _entry(element, f"{statement_id}-{place}")
            _forget(element)


def read_totals(content: bytes) -> list[BankTotals]:
    """Of each statement: its balances, and the sum of its entries."""
    totals: list[BankTotals] = []
    balances: dict[str, int] = {}
    booked = 0
    for element in _elements(content):
        match _name(element):
            case "Bal":
                code = _text(element, "Tp", "CdOrPrtry", "Cd") or ""
                balances[code] = _signed(element)
            case "Ntry":
                booked += _signed(element) if _is_booked(element) else 0
                _forget(element)
            case "Stmt" | "Ntfctn":
                opening = balances.get("OPBD", balances.get("PRCD"))
                totals.append(
                    BankTotals(_text(element, "Id") or "", opening, balances.get("CLBD"), booked)
                )
                balances, booked = {}, 0
            case _:
                pass
    return totals


def _elements(content: bytes) -> Iterator[etree._Element]:
    """Every element as it ends; nothing outside the file is ever read."""
    if _DOCTYPE.search(content):
        raise Invalid(Fault("file", "bank-file-doctype"))
    events = etree.iterparse(
        BytesIO(content), events=("end",), resolve_entities=False, no_network=True, huge_tree=False
    )
    is_known = False
    try:
        for _, element in events:
            if not is_known:
                is_known = _check_namespace(element)
            yield element
    except etree.XMLSyntaxError as error:
        values = {"line": str(error.lineno or 0)}
        raise Invalid(Fault("file", "bank-file-not-xml", values)) from error
    if not is_known:
        raise Invalid(Fault("file", "bank-file-empty"))


def _check_namespace(element: etree._Element) -> bool:
    namespace = etree.QName(element).namespace or ""
    if not _NAMESPACE.match(namespace):
        raise Invalid(Fault("file", "bank-file-version", {"namespace": namespace or "-"}))
    return True


def _entry(entry: etree._Element, place: str) -> Iterator[BankTransaction]:
    """An entry's own payments, or the entry itself when it tells of none."""
    if not _is_booked(entry):
        return
    details = _all(entry, "NtryDtls", "TxDtls")
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef") or ""
    kind = _kind(entry)
    for number, part in enumerate(details or [entry], start=1):
        amount = _amount(part if details else entry, entry)
        digest = hashlib.sha256(etree.tostring(part, method="c14n")).hexdigest()[:12]
        yield BankTransaction(
            source_reference=f"{place}-{number}-{reference}-{digest}",
            kind=kind,
            amount_ore=amount[0],
            currency=amount[1],
            paid_on=_day(part, entry, "RltdDts/AccptncDtTm", "ValDt", "BookgDt"),
            booked_on=_day(entry, entry, "BookgDt", "ValDt"),
            payment_references=_references(part),
            payer=_text(part, "RltdPties", "Dbtr", "Nm")
            or _text(part, "RltdPties", "Dbtr", "Pty", "Nm")
            or "",
            text=" ".join(t for t in (e.text for e in _all(part, "RmtInf", "Ustrd")) if t)[:500],
        )


def _is_booked(entry: etree._Element) -> bool:
    """Version 02 writes the status as text, later ones as a code."""
    status = _text(entry, "Sts", "Cd") or (_text(entry, "Sts") or "").strip()
    return status in {"", "BOOK"}


def _kind(entry: etree._Element) -> TransactionKind:
    if (_text(entry, "RvslInd") or "").strip() == "true":
        return TransactionKind.REVERSAL
    is_credit = _text(entry, "CdtDbtInd") == "CRDT"
    return TransactionKind.CREDIT if is_credit else TransactionKind.DEBIT


def _amount(part: etree._Element, entry: etree._Element) -> tuple[int, str]:
    """In whole øre. A payment's own booked amount, else the entry's."""
    for path in (("AmtDtls", "TxAmt", "Amt"), ("Amt",)):
        found = _all(part, *path)
        if found:
            return _ore(found[0]), found[0].get("Ccy", "")
    found = _all(entry, "Amt")
    if not found:
        raise Invalid(Fault("Amt", "bank-file-amount-missing", _where(entry)))
    return _ore(found[0]), found[0].get("Ccy", "")


def _ore(element: etree._Element) -> int:
    """Whole øre; two decimals that say something, and no more digits than a bank has money."""
    match = _AMOUNT.fullmatch((element.text or "").strip())
    if match is None:
        raise Invalid(Fault("Amt", "bank-file-amount", _where(element)))
    return int(match["kroner"]) * 100 + int((match["ore"] or "").ljust(2, "0"))


def _signed(element: etree._Element) -> int:
    ore = _amount(element, element)[0]
    return ore if _text(element, "CdtDbtInd") == "CRDT" else -ore


def _day(part: etree._Element, entry: etree._Element, *paths: str) -> date:
    for path in paths:
        steps = path.split("/")
        for owner in (part, entry):
            found = (
                _text(owner, *steps, "Dt") or _text(owner, *steps, "DtTm") or _text(owner, *steps)
            )
            if found and found.strip():
                try:
                    return date.fromisoformat(found.strip()[:10])
                except ValueError as error:
                    raise Invalid(Fault(steps[-1], "bank-file-day", _where(entry))) from error
    raise Invalid(Fault("BookgDt", "bank-file-day", _where(entry)))


def _references(part: etree._Element) -> tuple[str, ...]:
    """Where Danish banks put the reference of a payment slip: structured, as a code, or in text."""
    texts = [
        *_all(part, "RmtInf", "Strd", "CdtrRefInf", "Ref"),
        *_all(part, "BkTxCd", "Prtry", "Cd"),
        *_all(part, "RmtInf", "Ustrd"),
    ]
    found = [ref for element in texts for ref in find_references(element.text or "")]
    return tuple(dict.fromkeys(found))


def _all(element: etree._Element, *names: str) -> list[etree._Element]:
    found = [element]
    for name in names:
        found = [child for parent in found for child in parent if _name(child) == name]
    return found


def _text(element: etree._Element, *names: str) -> str | None:
    found = _all(element, *names)
    return found[0].text if found else None


def _name(element: etree._Element | None) -> str:
    if element is None or not isinstance(element.tag, str):
        return ""
    return etree.QName(element).localname


def _where(element: etree._Element) -> dict[str, str]:
    return {"line": str(element.sourceline)}


def _forget(element: etree._Element) -> None:
    """Keep memory the same however long the file is."""
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        assert parent is not None
        if _name(parent[0]) != "Ntry":
            break
        del parent[0]
