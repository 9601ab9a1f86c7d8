"""How people and systems write amounts and days, and what must not be guessed from it."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from domain.errors import Fault, Invalid
from domain.money import Money

E = TypeVar("E", bound=StrEnum)
_LARGEST = Money.kroner(100_000_000)  # the recovery authority's amounts have 8 digits before øre
_SHOWN = 60

_GROUPED = {
    "danish": re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]{1,2}))"),
    "english": re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,2}))"),
    "long": re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,})()"),
    "plain": re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,2}))?"),
}
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_WHOLE = r"(?:[0-9]+[.,]|[0-9]{1,3}(?:\.[0-9]{3})+,|[0-9]{1,3}(?:,[0-9]{3})+\.)"
_THREE_DECIMALS = re.compile(_WHOLE + r"[0-9]{3}")
_NOISE = re.compile(_WHOLE + r"[0-9]{4,}")
_NEGATIVE = re.compile(r"[-−–]\s*[0-9.,]+|[0-9.,]+\s*[-−–]|\([0-9.,]+\)")
_CURRENCY = re.compile(r"(?i)^(?:dkk|kr\.?)\s*|\s*(?:dkk|kr\.?)$")

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DANISH_DAY = re.compile(r"([0-9]{1,2})[-.]([0-9]{1,2})[-.]([0-9]{4})")


def shown(text: str) -> str:
    """*text* as a sentence may quote it: one short line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def read_choice(kind: type[E], name: str, field: str, code: str) -> E:
    """The one of that name. Raises Invalid, saying which there are."""
    if name not in frozenset(kind):
        values = {"value": shown(name), "known": ", ".join(kind)}
        raise Invalid(Fault(field, code, values))
    return kind(name)


def refuse(code: str, **values: str) -> Invalid:
    """A fault whose field the caller knows."""
    return Invalid(Fault("", code, values))


def read_amount(text: str) -> Money:
    """A positive amount of kroner: ``1234.50``, ``1.234,50``, ``1234,50`` or ``1234``.

    Raises Invalid for anything that can be read in two ways or would have to be rounded.
    """
    digits = _CURRENCY.sub("", text.strip()).replace("\u00a0", "").replace(" ", "")
    for notation in _GROUPED.values():
        if match := notation.fullmatch(digits):
            return _amount(match[1], match[2] or "", text)
    raise _misread_amount(digits, text)


def _amount(kroner: str, ore: str, text: str) -> Money:
    amount = Money(int(kroner.replace(".", "").replace(",", "")) * 100 + int(ore.ljust(2, "0")))
    if not amount:
        raise refuse("amount-zero", value=shown(text))
    if amount >= _LARGEST:
        raise refuse("amount-too-large", value=shown(text))
    return amount


def _misread_amount(digits: str, text: str) -> Invalid:
    for code, notation in (
        ("amount-negative", _NEGATIVE),
        ("amount-ambiguous", _AMBIGUOUS),
        ("amount-three-decimals", _THREE_DECIMALS),
        ("amount-noise", _NOISE),
    ):
        if notation.fullmatch(digits):
            return refuse(code, value=shown(text))
    return refuse("amount-unreadable", value=shown(text))


def read_day(text: str) -> date:
    """A day as ``2026-03-31`` or ``31-03-2026`` (also with dots). Raises Invalid."""
    text = text.strip()
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DANISH_DAY.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise refuse("day-unreadable", value=shown(text))
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise refuse("day-impossible", value=shown(text)) from None
