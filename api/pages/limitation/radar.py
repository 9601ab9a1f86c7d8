"""The limitation radar: what is time-barred when, if nothing is done, and the claims behind it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.dates import format_date
from fastapi import APIRouter, Depends, Query, Request, Response

from api.cursors import read_dated_cursor, write_dated_cursor
from api.dependencies import CaseVisitor, TheHouse
from api.languages import DANISH, language_of
from api.lapsing import narrowed
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.svg import Bar, Picture, draw
from api.sentences import amount_in_words
from domain.calendar import add_months
from domain.errors import Fault, Invalid
from domain.limitation.radar import LAPSED, Band, bands
from domain.money import Money
from domain.notation import read_day
from domain.policy import Policy
from letters.catalogue import sentence
from persistence.limitation.lapsing import RadarFilter, list_lapsing
from persistence.limitation.radar import Radar, read_alarms, read_radar
from persistence.sums import Sum

router = APIRouter(route_class=PageRoute, prefix="/limitation")
_AHEAD = 36  # months in the picture
_PAGE = 50
_FORMS = {"short": "M/yy", "long": "MMMM y"}
Choice = Annotated[str, Query(max_length=100)]


@router.get("")
async def show_radar(request: Request, house: TheHouse, _: CaseVisitor) -> Response:
    policy, on, language = house.policy, house.today, language_of(request)
    async with house.database.transaction() as connection:
        radar = await read_radar(connection, policy, on)
        alarms = await read_alarms(connection)
    types = type_names(policy, language)
    months = [add_months(on.replace(day=1), ahead) for ahead in range(_AHEAD)]
    facts = {
        "alarms": alarms,
        "alarm_sum": Sum(len(alarms), sum(row["balance_ore"] for row in alarms)),
        "offer_days": policy.limitation_offer_days,
        "radar": radar,
        "near": _near(radar, policy),
        "most_days": max(policy.limitation_radar_days),
        "bands": _bands(radar, policy),
        "months": _months(radar, months, language),
        "years": _AHEAD // 12,
        "picture": _picture(radar, months, language),
        "sums": _by_name(radar, types, _soon(policy)),
        "types": types,
        "link": _link,
        "band_words": _band_words,
        "on": on,
    }
    return show(request, "limitation", facts)


def _asked(
    house: TheHouse,
    month: Choice = "",
    band: Annotated[int | None, Query(ge=0, le=20)] = None,
    claim_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    department: Choice = "",
    leaving: Choice = "",
) -> RadarFilter:
    return narrowed(
        house.policy,
        _read_month(month) if month else None,
        band,
        claim_type or None,
        department or None,
        is_leaving=bool(leaving),
    )


@router.get("/claims")
async def show_lapsing(
    request: Request,
    house: TheHouse,
    _: CaseVisitor,
    narrow: Annotated[RadarFilter, Depends(_asked)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    policy, on, language = house.policy, house.today, language_of(request)
    after = read_dated_cursor(cursor)
    async with house.database.transaction() as connection:
        rows = await list_lapsing(connection, policy, narrow, on, after, _PAGE + 1)
    page, more = rows[:_PAGE], None
    if len(rows) > _PAGE:
        place = write_dated_cursor(page[-1]["limitation_date"], page[-1]["serial"])
        more = _link(**_chosen(narrow), cursor=place)
    facts = {
        "claims": page,
        "said": _said(narrow, policy, language),
        "types": type_names(policy, language),
        "following": more,
        "is_first": cursor is None,
        "on": on,
    }
    return show(request, "limitation-claims", facts)


def _near(radar: Radar, policy: Policy) -> Sum:
    """What is lost within the widest band if nothing is done, without what is lost already."""
    return sum(radar.by("band", _soon(policy)).values(), Sum())


def _soon(policy: Policy) -> frozenset[int]:
    """The bands between what has lapsed and what is far off."""
    return frozenset(one.number for one in bands(policy.limitation_radar_days)[LAPSED + 1 : -1])


def _bands(radar: Radar, policy: Policy) -> list[tuple[Band, Sum]]:
    found = radar.by("band")
    return [(one, found.get(one.number, Sum())) for one in bands(policy.limitation_radar_days)]


def _months(radar: Radar, months: Sequence[date], language: str) -> list[tuple[date, str, Sum]]:
    found = radar.by("month")
    return [(one, _month(one, "long", language), found[one]) for one in months if one in found]


def _picture(radar: Radar, months: Sequence[date], language: str) -> Picture:
    """Kroner month by month, with the most of them as the line of reference."""
    found = radar.by("month")
    sums = [found.get(month, Sum()) for month in months]
    most = max((total.ore for total in sums), default=0)
    bars = [_bar(month, total, language) for month, total in zip(months, sums, strict=True)]
    return draw(bars, [(float(most), amount_in_words(Money(most), language))] if most else [])


def _bar(month: date, total: Sum, language: str) -> Bar:
    words = {
        "month": _month(month, "long", language),
        "amount": amount_in_words(Money(total.ore), language),
        "claims": str(total.claims),
    }
    title = sentence("limitation-picture-month", language, **words)
    return Bar(_month(month, "short", language), float(total.ore), title)


def _by_name(
    radar: Radar, types: Mapping[str, str], soon: Collection[int]
) -> dict[str, list[tuple[str, str, Sum, Sum]]]:
    """By type and by department, what is lost soon and in all; the dearest first."""

    def dearest(name: str, words: Mapping[str, str]) -> list[tuple[str, str, Sum, Sum]]:
        near = radar.by(name, soon)
        rows = [
            (key, words.get(key, key), near.get(key, Sum()), total)
            for key, total in radar.by(name).items()
        ]
        return sorted(rows, key=lambda row: (-row[2].ore, -row[3].ore, row[1]))

    return {"type": dearest("claim_type", types), "department": dearest("department", {})}


def _said(narrow: RadarFilter, policy: Policy, language: str) -> list[tuple[str, dict[str, Any]]]:
    """What the list is narrowed to, as codes and values."""
    said: list[tuple[str, dict[str, Any]]] = []
    if narrow.month:
        said.append(("limitation-of-month", {"month": _month(narrow.month, "long", language)}))
    if narrow.band is not None:
        said.append(_band_words(bands(policy.limitation_radar_days)[narrow.band]))
    if narrow.claim_type:
        name = type_names(policy, language)[narrow.claim_type]
        said.append(("limitation-of-type", {"type": name}))
    if narrow.department:
        said.append(("limitation-of-department", {"department": narrow.department}))
    if narrow.is_leaving:
        said.append(("limitation-leaving", {}))
    return said


def _band_words(band: Band) -> tuple[str, dict[str, Any]]:
    """The code of its name and what stands in it."""
    if band.low is None:
        return "limitation-band-lapsed", {}
    if band.high is None:
        return "limitation-band-far", {"low": band.low - 1}
    return "limitation-band", {"low": band.low, "high": band.high}


def _chosen(narrow: RadarFilter) -> dict[str, Any]:
    return {
        "month": narrow.month,
        "band": narrow.band,
        "type": narrow.claim_type,
        "department": narrow.department,
        "leaving": "yes" if narrow.is_leaving else None,
    }


def _link(**chosen: Any) -> str:
    """Where the claims behind a figure stand."""
    given = {
        name: f"{value:%Y-%m}" if isinstance(value, date) else value
        for name, value in chosen.items()
        if value is not None
    }
    return f"/limitation/claims?{urlencode(given)}" if given else "/limitation/claims"


def _read_month(text: str) -> date:
    """The first day of a month told as 2026-05. Raises Invalid."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise Invalid(Fault("month", "problem-not-found"))
    return read_day(f"{text}-01")


def _month(month: date, form: str, language: str) -> str:
    locale = "da_DK" if language == DANISH else "en_GB"
    return str(format_date(month, _FORMS[form], locale=locale))
