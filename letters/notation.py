"""How amounts, days and other people's words are written in a letter of each language."""

from datetime import date
from typing import Any

from babel.dates import format_date

from domain.money import Money

_LOCALES = {"da": "da_DK", "en": "en_GB"}
# What a template means by a line that begins so, a debtor's name must not mean.
_MARKS = {"#": "\ue000", "-": "\ue001", "[": "\ue002"}
_UNMARKED = {ord(hidden): mark for mark, hidden in _MARKS.items()}


def amount_in(language: str, amount: Money) -> str:
    """As `1.234,50 kr.` in Danish and `DKK 1,234.50` in English."""
    if language == "da":
        return str(amount)
    kroner, ore = divmod(abs(amount.ore), 100)
    return f"{'-' if amount.ore < 0 else ''}DKK {kroner:,}.{ore:02d}"


def day_in(language: str, day: date) -> str:
    return str(format_date(day, "long", locale=_LOCALES[language]))


def period_in(language: str, first: date, last: date) -> str:
    if first == last:
        return day_in(language, first)
    return f"{day_in(language, first)} – {day_in(language, last)}"


def write(language: str, value: Any) -> Any:
    """A value as it is written in a text: what came from elsewhere is words, and on one line."""
    if isinstance(value, Money):
        return amount_in(language, value)
    if isinstance(value, date):
        return day_in(language, value)
    return guard(value) if isinstance(value, str) else value


def guard(text: str) -> str:
    line = " ".join(text.split())
    return _MARKS.get(line[:1], line[:1]) + line[1:]


def unguard(text: str) -> str:
    return text.translate(_UNMARKED)
