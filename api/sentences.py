"""Phrases and faults as sentences for people, in the reader's language."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

from api.languages import DANISH
from api.schemas.common import FaultView, Sentence
from domain.errors import Fault
from domain.explanation import Phrase, Term, Value
from domain.money import Money
from letters.catalogue import codes, sentence

_DAYS_REMEMBERED = 4096


def say(phrase: Phrase, language: str) -> Sentence:
    values = {name: in_words_of(value, language) for name, value in phrase.values.items()}
    return Sentence(code=phrase.code, text=sentence(phrase.code, language, **values))


def view_faults(faults: Iterable[Fault], language: str) -> list[FaultView]:
    return [
        FaultView(
            field=_whole(fault.field),
            code=fault.code,
            sentence=_whole(sentence(fault.code, language, **fault.values)),
        )
        for fault in faults
    ]


def _whole(text: str) -> str:
    """Half a character, which JSON can bring in, cannot be sent back."""
    return text.encode(errors="replace").decode()


def in_words_of(value: Value, language: str) -> str:
    match value:
        case Term():
            return _word(value.code, language)
        case Money():
            return amount_in_words(value, language)
        case date():
            return _day_in_words(value, language)
        case _:
            return str(value)


@lru_cache(_DAYS_REMEMBERED)
def _day_in_words(day: date, language: str) -> str:
    locale = "da_DK" if language == DANISH else "en_GB"
    return format_date(day, format="long", locale=locale)


def _word(code: str, language: str) -> str:
    """A code that is newer than the catalogue is shown as it is: a page must not fail for it."""
    return sentence(code, language) if code in codes(language) else code.split("-", 2)[-1]


def amount_in_words(money: Money, language: str) -> str:
    """As people write it: ``1.234,50 kr.`` or ``DKK 1,234.50``."""
    if language == DANISH:
        return str(money)
    kroner = format_decimal(money.ore / 100, format="#,##0.00", locale="en_GB")
    return f"DKK {kroner}"


def ago(passed: timedelta, language: str) -> str:
    """As ``for 3 minutter siden`` or ``3 minutes ago``; what has just been is a second ago."""
    locale = "da_DK" if language == DANISH else "en_GB"
    seconds = max(passed, timedelta(seconds=1))
    return format_timedelta(-seconds, add_direction=True, locale=locale)


def faults_shown(faults: Iterable[Fault], language: str) -> dict[str, Any]:
    """For a template: *faults* as the summary has them; *wrong* by field, the first that it has."""
    views = view_faults(faults, language)
    told = [{"field": view.field, "sentence": view.sentence} for view in views]
    by_field = {view.field: view.sentence for view in reversed(views)}
    return {"faults": told, "wrong": defaultdict(str, by_field)}
