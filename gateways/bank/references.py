"""Finds the payment references in a transaction, wherever its bank has put them."""

from lxml import etree

from domain.payment_reference import find_references, find_spaced_references
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


def references_of(*owners: etree._Element) -> tuple[str, ...]:
    """As written whole; else the only one that people wrote with spaces or over two lines.

    None where there could be several: a wrong guess books on somebody else's claim.
    """
    texts = [
        element.text or ""
        for owner in owners
        for path in _PATHS
        for element in all_at(owner, *path)
    ]
    found = tuple(dict.fromkeys(ref for text in texts for ref in find_references(text)))
    spaced = {ref for owner in owners for ref in find_spaced_references(_free_text(owner))}
    return found or (tuple(spaced) if len(spaced) == 1 else ())


def _free_text(owner: etree._Element) -> str:
    """Its lines as one: a bank breaks what was written where its lines end."""
    return " ".join((line.text or "").strip() for line in all_at(owner, "RmtInf", "Ustrd"))
