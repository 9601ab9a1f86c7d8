"""Finds the payment references in a transaction, wherever its bank has put them."""

import re

from lxml import etree

from domain.payment_reference import find_references, is_valid_reference
from gateways.bank.elements import all_at

# Where Danish banks put the reference of a payment slip: structured, as a code, or in text.
_PATHS = (
    ("RmtInf", "Strd", "CdtrRefInf", "Ref"),
    ("RmtInf", "Strd", "AddtlRmtInf"),
    ("BkTxCd", "Prtry", "Cd"),
    ("RmtInf", "Ustrd"),
    ("AddtlTxInf",),
    ("AddtlNtryInf",),
)

# Groups of digits with single spaces between; not the tail of an IBAN or of a longer number.
_SPACED = re.compile(r"(?<![0-9A-Za-z])(?<![0-9] )[0-9]+(?: [0-9]+)+(?! ?[0-9])(?![A-Za-z])")
_LONGEST = 19  # as banks pad it
_LENGTHS = {"71": 15, "75": 16}


def references_of(*owners: etree._Element) -> tuple[str, ...]:
    """As written whole; else the only one that people wrote with spaces or over two lines."""
    texts = [
        element.text or ""
        for owner in owners
        for path in _PATHS
        for element in all_at(owner, *path)
    ]
    found = tuple(dict.fromkeys(ref for text in texts for ref in find_references(text)))
    return found or _spaced([_free_text(owner) for owner in owners])


def _free_text(owner: etree._Element) -> str:
    """Its lines as one: a bank breaks what was written where its lines end."""
    return " ".join((line.text or "").strip() for line in all_at(owner, "RmtInf", "Ustrd"))


def _spaced(texts: list[str]) -> tuple[str, ...]:
    """None where there could be several: a wrong guess books on somebody else's claim."""
    found = {ref for text in texts for run in _spaced_runs(text) for ref in _readings(run)}
    return tuple(found) if len(found) == 1 else ()


def _spaced_runs(text: str) -> list[str]:
    normal = " ".join(text.split())
    return [run.replace(" ", "") for run in _SPACED.findall(normal)]


def _readings(digits: str) -> set[str]:
    """With and without the card's type before it, whose check digit is right."""
    readings = {_unpadded(digits, length) for length in _LENGTHS.values()}
    if length := _LENGTHS.get(digits[:2]):
        readings.add(_unpadded(digits[2:], length))
    return {one for one in readings if is_valid_reference(one)}


def _unpadded(digits: str, length: int) -> str:
    if not length <= len(digits) <= _LONGEST:
        return ""
    return digits.lstrip("0").rjust(length, "0")
