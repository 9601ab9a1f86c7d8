"""The audit trail as pages: searched by person, case, act and day, and drawn from for control."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from api.cursors import read_cursor, write_cursor
from api.dependencies import ControlVisitor, TheHouse
from api.languages import language_of
from api.pages.moments import short_moment
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.common import PRINTABLE
from api.trail_words import act_in_words, facts_in_words, known_acts, purpose_in_words
from domain.errors import Fault, Invalid, NotFound
from domain.looking import Purpose
from persistence.models import AuditRow
from persistence.trail.audit import LOOKED, note
from persistence.trail.reading import (
    TrailFilter,
    TrailPlace,
    place_of,
    read_rows,
    read_trail,
    sample_looks,
)

router = APIRouter(route_class=PageRoute, prefix="/audit")
_PAGE, _SAMPLE = 50, 10
Word = Annotated[str, Query(max_length=100, pattern=PRINTABLE)]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was looked for: as it was *asked*, for links and for the trail itself."""

    asked: dict[str, str]
    filter: TrailFilter


def read_wish(
    person: Word = "", subject: Word = "", act: Word = "", since: Word = "", until: Word = ""
) -> Wish:
    """Raises Invalid for days that are none."""
    words = {"person": person, "subject": subject, "act": act, "since": since, "until": until}
    asked = {name: word.strip() for name, word in words.items() if word.strip()}
    narrow = TrailFilter(
        asked.get("person"),
        asked.get("subject"),
        asked.get("act"),
        _day("since", asked.get("since")),
        _day("until", asked.get("until")),
    )
    return Wish(asked, narrow)


def _day(field: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Fault(field, "day-unreadable", {"value": text[:60]})) from None


@router.get("")
async def show_trail(
    request: Request,
    house: TheHouse,
    actor: ControlVisitor,
    wish: Annotated[Wish, Depends(read_wish)],
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    before = TrailPlace(*read_cursor(cursor, 2)) if cursor else None
    async with house.database.transaction() as connection:
        rows = await read_trail(connection, wish.filter, before, _PAGE + 1)
        await note(connection, "audit", actor.id, LOOKED, purpose=Purpose.CONTROL, asked=wish.asked)
    shown, following = rows[:_PAGE], None
    if len(rows) > _PAGE:
        last = place_of(shown[-1])
        place = write_cursor(last.micros, last.number)
        following = f"/audit?{urlencode(wish.asked | {'cursor': place})}"
    facts = {
        "rows": shown,
        "following": following,
        "asked": wish.asked,
        "query": urlencode(wish.asked),
        "acts": known_acts(language_of(request)),
    }
    return show(request, "trail", facts | _words(request))


@router.post("/samples")
async def draw_sample(house: TheHouse, actor: ControlVisitor) -> Response:
    """Ten looks of all that are there; which they were is in the trail."""
    async with house.database.transaction() as connection:
        drawn = await sample_looks(connection, TrailFilter(), _SAMPLE)
        await note(connection, "audit", actor.id, "sampled", rows=drawn)
        found = select(AuditRow.id).where(AuditRow.subject == "audit", AuditRow.actor == actor.id)
        number = await connection.scalar(found.order_by(AuditRow.seq.desc()).limit(1))
    return RedirectResponse(f"/audit/samples/{number}", 303)


@router.get("/samples/{number}")
async def show_sample(
    request: Request, house: TheHouse, actor: ControlVisitor, number: Annotated[int, Path(ge=1)]
) -> Response:
    async with house.database.transaction() as connection:
        found = await read_rows(connection, [number])
        if not found or found[0]["act"] != "sampled":
            raise NotFound("sample", number)
        drawn = found[0]
        rows = await read_rows(connection, drawn["facts"]["rows"])
        await note(connection, "audit", actor.id, LOOKED, purpose=Purpose.CONTROL, sample=number)
    return show(request, "trail-sample", {"drawn": drawn, "rows": rows} | _words(request))


def _words(request: Request) -> dict[str, object]:
    language = language_of(request)
    return {
        "at": lambda row: short_moment(request, row["at"]),
        "act_of": lambda row: act_in_words(row["act"], language),
        "why": lambda row: purpose_in_words(row["facts"], language),
        "about": lambda row: facts_in_words(row["facts"]),
    }
