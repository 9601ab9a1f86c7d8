"""Danish numbers of persons (CPR) and companies (CVR), and how much of them may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from stdnum.dk import cpr, cvr
from stdnum.exceptions import ValidationError

from domain.errors import Fault, Invalid

_FIELD = "national_id"
_SEPARATORS = re.compile(r"[\s\-‐-―]")
_REPLACEMENT = 60  # erstatningspersonnummer: the day of birth is written 60 higher


class NationalIdKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class NationalId:
    """*warnings* name what is unusual about a number that is accepted all the same."""

    digits: str = field(repr=False)
    kind: NationalIdKind
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def masked(self) -> str:
        """As it may stand in lists and logs: the serial of a person is hidden."""
        if self.kind is NationalIdKind.COMPANY:
            return self.digits
        return f"{self.digits[:6]}-xxxx"


def parse_national_id(text: str, on: date | None = None) -> NationalId:
    """Read a CPR or CVR number, with or without hyphen and spaces.

    *on*: refuse persons born after this day. A CPR that fails modulus 11 only warns, for such
    numbers are issued since October 2007. Raises Invalid; its faults never hold the number.
    """
    digits = _SEPARATORS.sub("", text)
    if re.fullmatch(r"[0-9]{10}", digits):
        return _person(digits, on)
    if re.fullmatch(r"(DK)?[0-9]{8}", digits):
        return _company(digits.removeprefix("DK"))
    raise Invalid(Fault(_FIELD, "national-id-shape", {"length": str(len(digits))}))


def _person(digits: str, on: date | None) -> NationalId:
    day = int(digits[:2])
    is_replacement = day > _REPLACEMENT
    born = _birth_date(f"{day - _REPLACEMENT:02d}{digits[2:]}" if is_replacement else digits)
    if on and born > on:
        raise Invalid(Fault(_FIELD, "national-id-unborn"))
    if is_replacement:
        return NationalId(digits, NationalIdKind.PERSON, ("cpr-replacement",))
    warnings = ("cpr-mod-11",) if cpr.checksum(digits) else ()
    return NationalId(digits, NationalIdKind.PERSON, warnings)


def _birth_date(digits: str) -> date:
    try:
        born: date = cpr.get_birth_date(digits)
    except ValidationError:
        raise Invalid(Fault(_FIELD, "national-id-date")) from None
    return born


def _company(digits: str) -> NationalId:
    if not cvr.is_valid(digits):
        raise Invalid(Fault(_FIELD, "national-id-checksum"))
    return NationalId(digits, NationalIdKind.COMPANY)
