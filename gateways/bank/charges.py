"""Knows what the bank takes for itself: fees kept back from a payment, and entries of fees only."""

from lxml import etree

from gateways.bank.amounts import amount_of
from gateways.bank.elements import all_at, text_at

_CURRENCY = "DKK"
_FALSE = {"false", "0"}
_FAMILY = ("BkTxCd", "Domn", "Fmly", "Cd")
_SUBFAMILY = ("BkTxCd", "Domn", "Fmly", "SubFmlyCd")
_CHARGE_FAMILIES = {"CHRG"}
# Charges, fees, and commission however it is taxed.
_CHARGE_SUBFAMILIES = {"CHRG", "FEES", "COMM", "COME", "COMI", "COMT"}


def is_charge(element: etree._Element) -> bool:
    """By the bank transaction code of an entry or of one of its payments."""
    return (
        text_at(element, *_FAMILY) in _CHARGE_FAMILIES
        or text_at(element, *_SUBFAMILY) in _CHARGE_SUBFAMILIES
    )


def charges_of(*owners: etree._Element) -> int:
    """Øre deducted, said by the first of *owners* that says any; other currencies do not count."""
    return next((found for owner in owners if (found := _charges(owner))), 0)


def _charges(owner: etree._Element) -> int:
    """Version 02 repeats the charge; later ones hold records, or only their total."""
    total = 0
    for charge in all_at(owner, "Chrgs"):
        records = all_at(charge, "Rcrd") or ([charge] if all_at(charge, "Amt") else [])
        amounts = [all_at(record, "Amt")[0] for record in records if _is_deducted(record)]
        amounts = amounts if records else all_at(charge, "TtlChrgsAndTaxAmt")
        total += sum(ore for ore, currency in map(amount_of, amounts) if currency == _CURRENCY)
    return total


def _is_deducted(record: etree._Element) -> bool:
    is_given_back = text_at(record, "CdtDbtInd") == "CRDT"
    return not is_given_back and text_at(record, "ChrgInclInd") not in _FALSE
