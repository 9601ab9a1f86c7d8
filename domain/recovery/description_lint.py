"""What a claim's description may not hold: the authority prints it in letters to the debtor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST_DESCRIPTION = 100  # tegn, beskrivelse (GST 01)

_NATIONAL_ID = re.compile(r"(?<!\d)\d{6}[\s./-]?\d{4}(?!\d)")
_DATE_BEFORE = re.compile(r"(?<!\d)\d{1,2}\.\d{1,2}\.\d{4}(?!\d)")
_STREET = re.compile(
    r"\b[\w.]*(?:vej|gade|gården|allé|alle|stræde|plads|torv|vænget|parken|bakken|toften)"
    r"\s+\d+\w?\b",
    re.IGNORECASE,
)


class Blemish(StrEnum):
    """What is wrong with a description."""

    TOO_LONG = "too-long"
    NATIONAL_ID = "national-id"  # fuldt CPR-nummer
    NAME = "name"  # navn på en anden end skyldner
    ADDRESS = "address"  # adresse på en anden end skyldner


@dataclass(frozen=True, slots=True)
class Known:
    """Someone who owes the claim, by whose name and address a description is compared."""

    debtor_id: int
    name: str
    address: tuple[str, ...] = ()


def blemishes(description: str, debtors: Iterable[Known]) -> tuple[Blemish, ...]:
    """Empty when the description may be printed for every debtor.

    What is told of a debtor may not be read by another, so with several debtors no name may stand
    there. The first six digits of a CPR number may; a date and an invoice number are none.
    """
    return tuple(_blemishes(description, tuple(debtors)))


def _blemishes(description: str, debtors: tuple[Known, ...]) -> Iterator[Blemish]:
    if len(description) > LONGEST_DESCRIPTION:
        yield Blemish.TOO_LONG
    if _NATIONAL_ID.search(_DATE_BEFORE.sub(" ", description)):
        yield Blemish.NATIONAL_ID
    if len(debtors) > 1 and any(_names(description, debtor) for debtor in debtors):
        yield Blemish.NAME
    if any(not _is_of_all(street[0], debtors) for street in _STREET.finditer(description)):
        yield Blemish.ADDRESS


def _names(description: str, debtor: Known) -> bool:
    """A first name alone points at nobody; the whole name, or first and last, does."""
    words = debtor.name.casefold().split()
    told = set(re.findall(r"[\w-]+", description.casefold()))
    return len(words) > 1 and {words[0], words[-1]} <= told


def _is_of_all(street: str, debtors: tuple[Known, ...]) -> bool:
    wanted = " ".join(street.casefold().split())
    return bool(debtors) and all(
        any(wanted in " ".join(line.casefold().split()) for line in debtor.address)
        for debtor in debtors
    )
