"""What comes tomorrow and in the next month, what does not and why, and how full each day is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping

from api.dependencies import CaseVisitor, FigureVisitor, TheHouse, WriteVisitor
from api.forecast_query import Wish, narrowed, read_place, write_place
from api.house import House
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.foresight.tomorrow_words import TomorrowWords
from api.pages.forms import new_key
from api.pages.moments import moment
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pages.svg import Bar, Picture, draw
from domain.authority import Right, may
from domain.calendar import is_working_day
from domain.foresight.foreseen import ForeseenKind
from domain.notation import read_day
from letters.catalogue import sentence
from persistence.foresight.foreseen import (
    ForeseenFilter,
    Looked,
    count_foreseen,
    list_foreseen,
    look,
)
from persistence.foresight.pausing import MOST, pause_reasons
from persistence.outbox import LOOK_AHEAD, tell

router = APIRouter(route_class=PageRoute, prefix="/tomorrow")
_PAGE = 50
Choice = Annotated[str, Query(max_length=100)]


def asked(
    house: TheHouse,
    day: Annotated[str, Query(max_length=20)] = "",
    days: Annotated[int, Query(ge=1, le=31)] = 1,
    comes: Annotated[str, Query(max_length=3, pattern="^(yes|no|)$")] = "yes",
    kind: Choice = "",
    claim_type: Annotated[str, Query(alias="type", max_length=100)] = "",
    department: Choice = "",
) -> ForeseenFilter:
    since = read_day(day) if day.strip() else None
    wish = Wish(since, days, comes != "no", kind, claim_type, department)
    return narrowed(house.policy, house.today, wish)


Asked = Annotated[ForeseenFilter, Depends(asked)]


@router.get("")
async def show_tomorrow(
    request: Request,
    house: TheHouse,
    actor: CaseVisitor,
    _: FigureVisitor,
    narrow: Asked,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    language = language_of(request)
    looked, rows, counts = await _read(house, narrow, cursor)
    facts = {
        "looked": looked,
        "made_at": looked.head and moment(request, looked.head["made_at"]),
        "kinds": _by_kind(rows[:_PAGE]),
        "counts": _counts(counts, narrow),
        "picture": _picture(looked, counts, narrow, language),
        "words": TomorrowWords(language),
        "following": _following(rows, narrow),
        "link": lambda **changes: link(narrow, **changes),
        "key": new_key(),
        "most": MOST,
        "may_hold": may(actor, Right.HOLD_CLAIMS),
        "may_renew": may(actor, Right.WORK_ON_TASKS),
    }
    return show(request, "tomorrow", facts | choices(request, house, narrow))


async def _read(
    house: House, narrow: ForeseenFilter, cursor: str | None
) -> tuple[Looked, Sequence[RowMapping], Sequence[RowMapping]]:
    """How all stands, a page of rows and one more, and the figures of every day."""
    after = read_place(cursor)
    async with house.database.transaction() as connection:
        looked = await look(connection, house.policy, house.clock())
        rows = await list_foreseen(connection, looked, narrow, after, _PAGE + 1)
        whole = narrow.whole(looked) if looked.head else narrow
        return looked, rows, await count_foreseen(connection, looked, whole)


def _following(rows: Sequence[RowMapping], narrow: ForeseenFilter) -> str | None:
    """The way to the next page, if there is one."""
    if len(rows) <= _PAGE:
        return None
    last = rows[_PAGE - 1]
    return link(narrow, cursor=write_place(last["place"], last["day"], last["id"]))


@router.post("/renew")
async def look_anew(house: TheHouse, _: WriteVisitor) -> Response:
    """The round is asked for; what it finds stands here when it is done."""
    async with house.database.transaction() as connection:
        await tell(connection, "forecast", LOOK_AHEAD)
    return RedirectResponse("/tomorrow", 303)


def choices(request: Request, house: House, narrow: ForeseenFilter) -> dict[str, Any]:
    """What the list may be narrowed to, what it is, and the reasons that stop a claim."""
    departments = sorted({one.department for one in house.policy.claim_types.values()})
    return {
        "chosen": narrow,
        "types": type_names(house.policy, language_of(request)),
        "departments": departments,
        "all_kinds": list(ForeseenKind),
        "reasons": pause_reasons(house.policy.endings, house.today),
        "on": house.today,
    }


def link(narrow: ForeseenFilter, **changes: object) -> str:
    """The list as it is narrowed, but for *changes*; None takes one away."""
    return f"/tomorrow?{urlencode(query_of(narrow) | _given(changes))}"


def query_of(narrow: ForeseenFilter) -> dict[str, str]:
    """As the address has it."""
    return _given(
        {
            "day": narrow.since.isoformat(),
            "days": (narrow.until - narrow.since).days + 1,
            "comes": "yes" if narrow.comes else "no",
            "kind": narrow.kind,
            "type": narrow.claim_type,
            "department": narrow.department,
        }
    )


def _given(values: Mapping[str, object]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _by_kind(rows: Sequence[RowMapping]) -> list[tuple[ForeseenKind, list[RowMapping]]]:
    found: dict[str, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(row)
    return [(ForeseenKind(kind), some) for kind, some in found.items()]


def _counts(counts: Iterable[RowMapping], narrow: ForeseenFilter) -> dict[str, Any]:
    """Of the days that are shown: by kind what comes, how much in fees, and the two sums."""
    shown = [row for row in counts if narrow.since <= row["day"] <= narrow.until]
    kinds = dict.fromkeys(ForeseenKind, 0)
    for row in shown:
        if row["comes"] is narrow.comes:
            kinds[ForeseenKind(row["kind"])] += row["rows"]
    return {
        "kinds": kinds,
        "comes": sum(row["rows"] for row in shown if row["comes"]),
        "not": sum(row["rows"] for row in shown if not row["comes"]),
        "letters": _letters(row for row in shown if row["comes"]),
        "fees_ore": sum(row["fee_ore"] for row in shown if row["comes"]),
    }


def _letters(rows: Iterable[RowMapping]) -> int:
    return sum(row["rows"] for row in rows if row["kind"] == ForeseenKind.LETTER)


def _picture(
    looked: Looked, counts: Sequence[RowMapping], narrow: ForeseenFilter, language: str
) -> dict[str, Any] | None:
    """A column for each day the post may go, each the way to its day; a line for what is usual."""
    if looked.head is None:
        return None
    first, last = looked.head["first_on"], looked.head["last_on"]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in days if is_working_day(day) and day >= looked.on]
    words = TomorrowWords(language)
    bars = []
    for day in days:
        letters = _letters(row for row in counts if row["day"] == day and row["comes"])
        title = sentence("tomorrow-bar", language, day=words.weekday(day), letters=letters)
        bars.append(Bar(_short(day, language), letters, title))
    usual = sentence("tomorrow-usual-mark", language, letters=looked.usual)
    picture: Picture = draw(bars, [(looked.usual, usual)] if looked.usual else [])
    ways = [link(narrow, day=day, days=1) for day in days]
    here = [narrow.since <= day <= narrow.until for day in days]
    return {"drawn": picture, "columns": list(zip(picture.columns, ways, here, strict=True))}


def _short(day: date, language: str) -> str:
    return f"{day.day}.{day.month}." if language == "da" else f"{day.day}/{day.month}"
