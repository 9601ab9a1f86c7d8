"""Single fields of a form, read with all faults told at once; some may be left empty."""

import re
from dataclasses import replace
from datetime import date

from domain.errors import Fault, Invalid
from domain.file_notes import read_prose
from domain.money import NOTHING, Money
from domain.notation import read_amount, read_day


def read_optional_prose(field: str, text: str, longest: int, faults: list[Fault]) -> str:
    """Empty for none, and where *faults* have been told of it."""
    if not text.strip():
        return ""
    try:
        return read_prose(field, text, longest)
    except Invalid as wrong:
        faults += wrong.faults
        return ""


def read_needed_prose(field: str, text: str, longest: int, faults: list[Fault]) -> str:
    """Empty where *faults* have been told of it."""
    found = read_optional_prose(field, text, longest, faults)
    _need(field, found, faults)
    return found


def read_needed_day(field: str, text: str, faults: list[Fault]) -> date | None:
    """None where *faults* have been told of it."""
    found = read_optional_day(field, text, faults)
    _need(field, found, faults)
    return found


def _need(field: str, found: object, faults: list[Fault]) -> None:
    if not found and not any(fault.field == field for fault in faults):
        faults.append(Fault(field, "field-missing"))


def read_optional_day(field: str, text: str, faults: list[Fault]) -> date | None:
    """None for none, and where *faults* have been told of it."""
    if not text.strip():
        return None
    try:
        return read_day(text)
    except Invalid as wrong:
        faults += (replace(fault, field=field) for fault in wrong.faults)
        return None


def read_debtor(field: str, text: str, faults: list[Fault]) -> int | None:
    """The number of a debtor that was chosen; None for none, and where *faults* tell of it."""
    if text and not re.fullmatch(r"[0-9]{1,18}", text):
        faults.append(Fault(field, "deferral-debtor-unknown"))
        return None
    return int(text) if text else None


def read_money(field: str, text: str, faults: list[Fault]) -> Money:
    """Nothing where *faults* have been told of it."""
    try:
        return read_amount(text)
    except Invalid as wrong:
        faults += (replace(fault, field=field) for fault in wrong.faults)
        return NOTHING
