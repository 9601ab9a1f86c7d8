"""Moments as people write them: the town's day and the clock on the wall."""

from datetime import datetime

from babel.dates import format_date, format_time
from fastapi import Request

from api.languages import DANISH, language_of
from domain.calendar import COPENHAGEN


def moment(request: Request, at: datetime) -> str:
    """As ``5. marts 2026 kl. 10.42``."""
    here = at.astimezone(COPENHAGEN)
    if language_of(request) == DANISH:
        day = format_date(here, "long", locale="da_DK")
        return f"{day} kl. {format_time(here, 'HH.mm', locale='da_DK')}"
    return f"{format_date(here, 'long', locale='en_GB')}, {here:%H:%M}"


def short_moment(request: Request, at: datetime) -> str:
    """As ``05.03.2026 10.42``; the seconds tell two looks apart."""
    here = at.astimezone(COPENHAGEN)
    return (
        f"{here:%d.%m.%Y %H.%M.%S}"
        if language_of(request) == DANISH
        else f"{here:%d/%m/%Y %H:%M:%S}"
    )
