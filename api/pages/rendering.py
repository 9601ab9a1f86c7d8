"""How a page is made: its template, its language, who reads it, and what a browser may do."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.languages import DANISH, ENGLISH, language_of
from api.pages.addresses import page_of
from api.pages.assets import asset
from api.pages.places import ways_for
from api.sentences import amount_in_words
from domain.authority import Actor, Right, may
from domain.calendar import COPENHAGEN
from domain.money import Money
from letters.catalogue import sentence

_FOLDER = Path(__file__).parents[2] / "templates" / "web"
TERMS = {DANISH: "/betaling", ENGLISH: "/en/payment"}
"""Where everyone may read what happens when a bill is not paid."""
_LOCALES = {DANISH: "da_DK"}
_MOMENT = "d. MMM y HH:mm"
_DAYS_REMEMBERED = 4096


def show(
    request: Request, template: str, facts: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """The page of that name, in the reader's language; it loads nothing from elsewhere."""
    return show_in(request, language_of(request), template, facts, status)


def show_in(
    request: Request,
    language: str,
    template: str,
    facts: Mapping[str, object],
    status: int = 200,
) -> HTMLResponse:
    """As `show`, in the language of the address rather than of the reader."""
    page = render(request, language, f"pages/{template}.html", facts)
    return HTMLResponse(page, status, headers=_headers(language))


def show_part(request: Request, template: str, facts: Mapping[str, object]) -> HTMLResponse:
    """A piece of a page, to be put into one that is open."""
    language = language_of(request)
    part = render(request, language, f"fragments/{template}.html", facts)
    return HTMLResponse(part, headers=_headers(language))


def render(request: Request, language: str, template: str, facts: Mapping[str, object]) -> str:
    """*template* by its path in `templates/web`."""
    found = _environment(language).get_template(template)
    return found.render(_frame(request, language) | dict(facts))


def _frame(request: Request, language: str) -> dict[str, object]:
    """What the layout shows of who reads where."""
    visitor: Actor | None = getattr(request.state, "actor", None)
    policy = request.app.state.house.policy
    return {
        "language": language,
        "here": page_of(request),
        "home": "/" if visitor else TERMS[language],
        "terms": TERMS[language],
        "visitor": visitor,
        "places": ways_for(visitor),
        "may_search": visitor is not None and may(visitor, Right.SEE_CLAIMS),
        "csrf_token": getattr(request.state, "csrf_token", ""),
        "municipality": policy.municipality,
        "contact": policy,
        "translation": None,
    }


def _headers(language: str) -> dict[str, str]:
    return {
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie, Authorization",
        "Cache-Control": "no-store",
    }


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    locale = _LOCALES.get(language, "en_GB")
    environment.globals |= {
        "asset": asset,
        "say": lambda code, **values: sentence(code, language, **values),
    }
    environment.filters |= {
        "day": lambda day: _day(day, "long", locale),
        "short_day": lambda day: _day(day, "medium", locale),
        "iso_day": lambda iso: _day(date.fromisoformat(iso), "long", locale),
        "number": lambda value: format_decimal(Decimal(value), locale=locale),
        "weekday": lambda day: format_date(day, "EEEE d. MMM", locale=locale).capitalize(),
        "clock": lambda at: format_datetime(at, "HH.mm", tzinfo=COPENHAGEN, locale=locale),
        "moment": lambda at: format_datetime(at, _MOMENT, tzinfo=COPENHAGEN, locale=locale),
        "iso_moment": lambda iso: format_datetime(
            datetime.fromisoformat(iso), _MOMENT, tzinfo=COPENHAGEN, locale=locale
        ),
        "money": lambda ore: amount_in_words(Money(ore), language),
    }
    return environment


@lru_cache(_DAYS_REMEMBERED)
def _day(day: date | None, form: str, locale: str) -> str:
    return format_date(day, form, locale=locale) if day else "–"
