"""The names a sender may give the fields of a claim, and how one row of them is read."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from domain.errors import Fault, Invalid
from domain.notation import refuse, shown

T = TypeVar("T")

COLUMNS: dict[str, tuple[str, ...]] = {
    "source": ("fagsystem",),
    "reference": ("løbenummer",),
    "claim_type": ("kravtype",),
    "cpr_cvr": (),
    "name": ("navn",),
    "address": ("adresse",),
    "co_debtor_cpr_cvr": ("medhæfter_cpr_cvr",),
    "co_debtor_name": ("medhæfter_navn",),
    "co_debtor_address": ("medhæfter_adresse",),
    "principal": ("beløb", "hovedstol"),
    "description": ("beskrivelse",),
    "period_start": ("periode_fra",),
    "period_end": ("periode_til",),
    "origination_date": ("stiftelsesdato",),
    "due_date": ("forfaldsdato",),
    "last_timely_payment_date": ("sidste_rettidige_betalingsdato",),
    "demand_sent_on": ("opkrævning_sendt",),
}
"""Field names, each with the Danish names it may have instead."""

DEBTORS = "debtors"
"""JSON may hold a list of debtors, the primary first, in place of the columns for two."""

REQUIRED = (
    *("source", "reference", "claim_type", "cpr_cvr", "name", "principal"),
    *("period_start", "period_end", "due_date"),
)

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BROKEN_LETTERS = re.compile(r"Ã[\x80-\xbf‚-›]|\ufffd")  # UTF-8 once read as Windows-1252


def _plain(name: str) -> str:
    plain = re.sub(r"[\s\-/]+", "_", name.replace("\ufeff", "").strip().casefold())
    return plain.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


_NAMES = {_plain(name): field for field, more in COLUMNS.items() for name in (field, *more)}
_NAMES |= {"debtors": DEBTORS, "skyldnere": DEBTORS}


@lru_cache(maxsize=1024)
def canonical(name: str) -> str | None:
    """The field that a sender's *name* means, whatever the case, spaces and ``oe`` for ``ø``."""
    return _NAMES.get(_plain(name))


def nearest_field(name: str) -> str:
    """The known name that looks most like *name*, or nothing."""
    near = difflib.get_close_matches(_plain(name[:100]), _NAMES, n=1, cutoff=0.75)
    return near[0] if near else ""


def unknown_field(name: str) -> Fault:
    """A warning: the field is left out, though perhaps it was meant."""
    if near := nearest_field(name):
        return Fault(shown(name), "field-misspelt", {"nearest": near})
    return Fault(shown(name), "field-unknown")


UNKNOWN = frozenset({"field-unknown", "field-misspelt"})


class Row:
    """One sender's row: read field by field, it gathers everything that is wrong."""

    def __init__(self, fields: Mapping[str, Any], prefix: str = "") -> None:
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self._prefix = prefix
        self._given: dict[str, tuple[str, Any]] = {}
        for name, value in fields.items():
            self._take(str(name), value)

    def _take(self, name: str, value: object) -> None:
        field = canonical(name)
        if field is None:
            fault = unknown_field(name)
            self.warnings.append(replace(fault, field=self._prefix + fault.field))
        elif field in self._given:
            self.faults.append(Fault(self._prefix + shown(name), "field-twice"))
        else:
            self._given[field] = (name, value)

    def name_of(self, field: str) -> str:
        """As the sender wrote it."""
        return self._prefix + shown(self._given.get(field, (field, None))[0])

    def value(self, field: str) -> Any:
        return self._given.get(field, (field, None))[1]

    def has(self, field: str) -> bool:
        value = self.value(field)
        return value is not None and (not isinstance(value, str) or value.strip() != "")

    def fail(self, field: str, code: str, **values: str) -> None:
        self.faults.append(Fault(self.name_of(field), code, values))

    def warn(self, field: str, code: str, **values: str) -> None:
        self.warnings.append(Fault(self.name_of(field), code, values))

    def read(self, field: str, reader: Callable[[str], T], *, required: bool = False) -> T | None:
        """None when it is missing, a fault only if it is required; or when it is unreadable."""
        if not self.has(field):
            if required or field in REQUIRED:
                self.fail(field, "field-missing")
            return None
        try:
            return reader(_text_of(self.value(field)))
        except Invalid as invalid:
            name = self.name_of(field)
            self.faults += (replace(fault, field=name) for fault in invalid.faults)
            return None

    def text(self, field: str, longest: int, *, required: bool = False) -> str:
        return self.read(field, lambda text: read_text(text, longest), required=required) or ""


def _text_of(value: object) -> str:
    if isinstance(value, (bool, dict, list, bytes)):
        raise refuse("value-unreadable", value=shown(str(value)))
    return str(value)


def read_text(text: str, longest: int) -> str:
    """One line of plain text. Raises Invalid for what cannot be printed in a letter."""
    text = " ".join(text.split(" ")).strip()
    if _UNPRINTABLE.search(text):
        raise refuse("text-unreadable")
    if _BROKEN_LETTERS.search(text):
        raise refuse("text-broken-letters", value=shown(text))
    if len(text) > longest:
        raise refuse("text-too-long", limit=str(longest), length=str(len(text)))
    return text
