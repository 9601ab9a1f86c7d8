"""What a debtor owed at the end of each month, as a picture with its words."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from api.languages import DANISH
from api.pages.svg import Bar, Picture, draw
from api.schemas.debtors import MonthOwed
from api.sentences import amount_in_words
from domain.money import Money
from letters.catalogue import sentence


def owed_picture(months: Sequence[MonthOwed], language: str) -> Picture:
    bars = [_bar(one, language) for one in months]
    highest = max((one.owed_ore for one in months), default=0)
    words = amount_in_words(Money(highest), language)
    return draw(bars, [(float(highest), words)] if highest > 0 else [])


def month_in_words(month: str, form: str, language: str) -> str:
    """*month* as 2026-03; *form* as babel knows it."""
    locale = "da_DK" if language == DANISH else "en_GB"
    return str(format_date(date.fromisoformat(f"{month}-01"), form, locale=locale))


def _bar(one: MonthOwed, language: str) -> Bar:
    month = month_in_words(one.month, "MMMM y", language)
    amount = amount_in_words(Money(one.owed_ore), language)
    title = sentence("debtors-month-owed", language, month=month, amount=amount)
    return Bar(month_in_words(one.month, "MMM yy", language), one.owed_ore, title)
