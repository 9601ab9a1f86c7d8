"""Everything about one person in words that they can read: as a page, and as JSON to take along."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date, format_datetime

from api.house import House
from api.languages import DANISH
from api.pages.claims.listing import type_names
from api.schemas.access import AccessReport, AccessRow, AccessSection
from api.sentences import amount_in_words
from domain.calendar import COPENHAGEN
from domain.money import Money
from letters.catalogue import codes, sentence
from reports.access.reading import Told
from reports.access.shape import Column

_LOCALES = {DANISH: "da_DK"}
_ENGLISH = "en_GB"
_MOMENT = "d. MMM y HH:mm"


def view_access(told: Sequence[Told], house: House, language: str) -> AccessReport:
    """What is empty stays in it: that nothing is known is an answer too."""
    types = type_names(house.policy, language)
    return AccessReport(
        made_on=house.today,
        municipality=house.policy.municipality,
        sections=[_section(one, types, language) for one in told],
    )


def _section(told: Told, types: Mapping[str, str], language: str) -> AccessSection:
    section = told.section
    return AccessSection(
        code=section.code,
        heading=sentence(f"access-{section.code}", language),
        columns=[sentence(f"access-column-{one.name}", language) for one in section.columns],
        numbers=[one.kind == "money" for one in section.columns],
        rows=[
            AccessRow(cells=[_cell(one, row[one.name], types, language) for one in section.columns])
            for row in told.rows
        ],
    )


def _cell(column: Column, worth: Any, types: Mapping[str, str], language: str) -> str:
    """Nothing stands as an empty text."""
    if worth is None:
        return ""
    match column.kind:
        case "money":
            return amount_in_words(Money(worth), language)
        case "day" | "moment":
            return _when(worth, language)
        case "answer":
            return sentence(f"access-{'yes' if worth else 'no'}", language)
        case "word":
            return in_words(column, str(worth), language)
        case "text" | "type":
            return types.get(worth, str(worth)) if column.kind == "type" else str(worth)


def _when(worth: date | datetime, language: str) -> str:
    locale = _LOCALES.get(language, _ENGLISH)
    if isinstance(worth, datetime):
        return str(format_datetime(worth, _MOMENT, tzinfo=COPENHAGEN, locale=locale))
    return str(format_date(worth, "medium", locale=locale))


def in_words(column: Column, code: str, language: str) -> str:
    """A code that is newer than the catalogue is shown as it is."""
    known = [f"{under}{code}" for under in column.words if f"{under}{code}" in codes(language)]
    return sentence(known[0], language) if known else code
