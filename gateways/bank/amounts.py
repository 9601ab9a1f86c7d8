"""Reads amounts to the øre, their currencies and directions, and days as they are in Denmark."""

import re
from datetime import date, datetime
from functools import cache

from babel.core import get_global
from lxml import etree

from domain.calendar import today
from domain.errors import Fault, Invalid
from domain.money import Money
from gateways.bank.elements import all_at, place_of, text_at

_AMOUNT = re.compile(r"\+?(?P<kroner>[0-9]*)(\.(?P<ore>[0-9]{0,2})0*)?")
_DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_INCOMING = "CRDT"

Amount = tuple[int, str]
"""Øre (or another currency's hundredths), and the currency."""


def amount_of(element: etree._Element) -> Amount:
    """Of an element that holds an amount; decimals beyond the second must say nothing."""
    match = _AMOUNT.fullmatch((element.text or "").strip())
    if match is None:
        raise Invalid(Fault("Amt", "bank-file-decimals", place_of(element)))
    currency = element.get("Ccy", "")
    if currency not in _currencies():
        values = place_of(element) | {"currency": currency}
        raise Invalid(Fault("Ccy", "bank-file-currency", values))
    return int(match["kroner"] or 0) * 100 + int((match["ore"] or "").ljust(2, "0")), currency


@cache
def _currencies() -> frozenset[str]:
    """Those of ISO 4217 that are in use somewhere today."""
    territories = get_global("territory_currencies").values()
    return frozenset(
        code for used in territories for code, _since, until, _is_tender in used if until is None
    )


def own_amount(element: etree._Element) -> Amount:
    """Of an entry or a balance."""
    return amount_of(all_at(element, "Amt")[0])


def is_incoming(element: etree._Element) -> bool:
    return text_at(element, "CdtDbtInd") == _INCOMING


def signed(element: etree._Element) -> int:
    ore, _ = own_amount(element)
    return ore if is_incoming(element) else -ore


def day_at(owners: tuple[etree._Element, ...], *paths: tuple[str, ...]) -> date:
    """The first day on one of *paths*, below the first of *owners* that says it."""
    for path in paths:
        for owner in owners:
            found = text_at(owner, *path, "Dt") or text_at(owner, *path, "DtTm")
            if found := found or text_at(owner, *path):
                return _day(found, path[-1], owner)
    raise Invalid(Fault("BookgDt", "bank-file-day", place_of(owners[-1])))


def _day(text: str, field: str, owner: etree._Element) -> date:
    try:
        return _danish_day(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(Fault(field, "bank-file-day", place_of(owner))) from error


def _danish_day(text: str) -> date:
    """A moment with its offset from UTC may be another day in Denmark."""
    if match := _DAY.fullmatch(text):
        return date.fromisoformat(match["day"])
    moment = datetime.fromisoformat(text)
    return today(moment) if moment.tzinfo else moment.date()


def written(ore: int) -> str:
    """As on a Danish bank statement, in either language's sentence."""
    return str(Money(ore)).removesuffix(" kr.")
