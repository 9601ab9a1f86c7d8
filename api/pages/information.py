"""For everyone: what happens when a bill is not paid, and what can be done about it."""

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import APIRouter, Request, Response

from api.dependencies import TheHouse
from api.house import House
from api.languages import DANISH, ENGLISH
from api.pages.rendering import TERMS, show_in
from api.sentences import amount_in_words
from reports.public_terms import in_force_since, offers, paths, prices

router = APIRouter()  # nobody is asked who they are, so that it opens whatever is away
_LOCALES = {DANISH: "da_DK", ENGLISH: "en_GB"}


@router.get(TERMS[DANISH])
async def show_in_danish(request: Request, house: TheHouse) -> Response:
    return _show(request, house, DANISH)


@router.get(TERMS[ENGLISH])
async def show_in_english(request: Request, house: TheHouse) -> Response:
    return _show(request, house, ENGLISH)


def _show(request: Request, house: House, language: str) -> Response:
    policy, on, locale = house.policy, house.today, _LOCALES[language]
    facts = {
        "translation": TERMS[ENGLISH if language == DANISH else DANISH],
        "policy": policy,
        "paths": paths(policy, on, language),
        "prices": prices(policy, on, language),
        "offers": offers(policy, on, language),
        "since": in_force_since(policy, on),
        "day": lambda day: format_date(day, "long", locale=locale),
        "money": lambda amount: amount_in_words(amount, language),
        "number": lambda value: format_decimal(value, locale=locale),
    }
    return show_in(request, language, "information", facts)
