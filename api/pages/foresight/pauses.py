"""Claims paused from the list of what comes: first what that would stop, then the answers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from api.dependencies import CaseVisitor, HoldVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.fields import read_needed_day, read_optional_prose
from api.pages.foresight.tomorrow import asked, choices, link, query_of
from api.pages.foresight.tomorrow_words import TomorrowWords
from api.pages.forms import new_key
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.pausing import pause_each
from api.sentences import view_faults
from domain.authority import Right, may
from domain.claim import HoldReason
from domain.errors import Conflict, Fault, Invalid
from persistence.foresight.foreseen import ForeseenFilter, Looked, claims_foreseen, look
from persistence.foresight.pausing import (
    MOST,
    NewPause,
    read_pause,
    read_paused_claims,
    resume,
)
from persistence.foresight.stopped import what_stops

router = APIRouter(route_class=PageRoute, prefix="/tomorrow")
PauseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
_LONGEST = 4000


class PauseForm(BaseModel):
    """*claim*: those chosen; with *all* every one of the list as it is narrowed by the rest."""

    claim: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=MOST)
    all: str = Field(default="", max_length=3)
    reason: str = Field(default="", max_length=40)
    until: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=_LONGEST)
    is_sure: str = Field(default="", max_length=3)
    key: str = Field(default="", max_length=100)
    day: str = Field(default="", max_length=20)
    days: int = Field(default=1, ge=1, le=31)
    kind: str = Field(default="", max_length=40)
    type: str = Field(default="", max_length=100)
    department: str = Field(default="", max_length=100)

    def narrow(self, house: House) -> ForeseenFilter:
        return asked(house, self.day, self.days, "yes", self.kind, self.type, self.department)


@router.post("/pause")
async def ask(
    request: Request, house: TheHouse, actor: HoldVisitor, form: Annotated[PauseForm, Form()]
) -> Response:
    """First what would not come; pressed again, the claims are held."""
    narrow = form.narrow(house)
    async with house.database.transaction() as connection:
        looked = await look(connection, house.policy, house.clock())
        claims = await _chosen(connection, looked, narrow, form)
    try:
        wish = _read(form, claims)
        if not form.is_sure:
            return await _show(request, house, form, narrow, claims)
        number = await pause_each(house, actor, wish)
    except Invalid as wrong:
        return await _show(request, house, form, narrow, claims, wrong.faults)
    return RedirectResponse(f"/tomorrow/pauses/{number}", 303)


@router.get("/pauses/{pause_id}")
async def show_pause(
    request: Request, house: TheHouse, actor: CaseVisitor, pause_id: PauseId
) -> Response:
    async with house.database.transaction() as connection:
        row = await read_pause(connection, pause_id)
        claims = await read_paused_claims(connection, pause_id)
    held = [one for one in claims if one["hold_id"] and not one["released_on"]]
    facts = {
        "pause": row,
        "claims": claims,
        "held": len(held),
        "may_undo": bool(held) and not row["undone_on"] and may(actor, Right.HOLD_CLAIMS),
    }
    return show(request, "pause", facts)


@router.post("/pauses/{pause_id}/undo")
async def undo(house: TheHouse, actor: HoldVisitor, pause_id: PauseId) -> Response:
    async with house.database.transaction() as connection:
        try:
            await resume(connection, house.policy, pause_id, house.today, actor)
        except Conflict:
            raise Invalid(Fault("", "pause-undone-already")) from None
    return RedirectResponse(f"/tomorrow/pauses/{pause_id}", 303)


async def _chosen(
    connection: AsyncConnection, looked: Looked, narrow: ForeseenFilter, form: PauseForm
) -> list[str]:
    """One more than may be, so that too many are told of."""
    if form.all:
        return await claims_foreseen(connection, looked, narrow, MOST + 1)
    return sorted(set(form.claim))


def _read(form: PauseForm, claims: Sequence[str]) -> NewPause:
    faults: list[Fault] = []
    until = read_needed_day("until", form.until, faults)
    note = read_optional_prose("note", form.note, _LONGEST, faults)
    if form.reason not in set(HoldReason):
        faults.append(Fault("reason", "hold-reason-missing"))
    if not claims:
        faults.append(Fault("claims", "pause-none-chosen"))
    if len(claims) > MOST:
        faults.append(Fault("claims", "pause-too-many", {"most": str(MOST)}))
    if faults:
        raise Invalid(*faults)
    key = form.key or new_key()
    return NewPause(key, tuple(claims), HoldReason(form.reason), until or date.min, note)


async def _show(
    request: Request,
    house: House,
    form: PauseForm,
    narrow: ForeseenFilter,
    claims: Sequence[str],
    faults: tuple[Fault, ...] = (),
) -> Response:
    """What would not come, of each claim; or the form again with what is wrong."""
    until: date | None = None
    if not faults:
        until = read_needed_day("until", form.until, [])
    async with house.database.transaction() as connection:
        stopped = await what_stops(connection, claims[:MOST], house.today, until or narrow.until)
    words = TomorrowWords(language_of(request))
    facts = {
        "form": form,
        "claims": claims,
        "stopped": [(row, _lines(row["rows"], words)) for row in stopped],
        "until": until,
        "key": form.key or new_key(),
        "back": link(narrow),
        "query": query_of(replace(narrow, comes=True)),
        "faults": view_faults(faults, language_of(request)),
    }
    more: dict[str, Any] = facts | choices(request, house, narrow)
    return show(request, "tomorrow-pause", more, 422 if faults else 200)


def _lines(rows: Sequence[dict[str, Any]], words: TomorrowWords) -> list[tuple[date, str]]:
    return [(date.fromisoformat(row["day"]), words.what(row)) for row in rows]
