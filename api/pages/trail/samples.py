"""Looks drawn each month: the samples with their figures, one of them, and what is said of each."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import ControlVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.forms import Form, Typed, read_body, texts, typed_facts
from api.pages.moments import short_moment
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.keeping import LookJudgement
from api.trail_words import purpose_in_words
from domain.authority import Actor
from domain.errors import Conflict, Fault, Invalid
from domain.keeping.looks import LookVerdict
from domain.looking import Purpose
from persistence.trail.audit import LOOKED, note
from persistence.trail.samples import judge_look, list_samples, read_sample

router = APIRouter(route_class=PageRoute, prefix="/look-samples")
Number = Annotated[int, Path(ge=1, le=2**62)]
_SHOWN = 36


@router.get("")
async def show_samples(request: Request, house: TheHouse, _: ControlVisitor) -> Response:
    """Three years of them."""
    async with house.database.transaction() as connection:
        rows = await list_samples(connection, _SHOWN)
    monthly = house.policy.keeping.looks.on_or_first(house.today).monthly
    return show(request, "look-samples", {"samples": rows, "monthly": monthly})


@router.get("/{number}")
async def show_sample(
    request: Request, house: TheHouse, actor: ControlVisitor, number: Number
) -> Response:
    return await _show(request, house, actor, number)


@router.post("/{number}/looks/{look}")
async def judge(
    request: Request, house: TheHouse, actor: ControlVisitor, number: Number, look: Number,
    form: Form,
) -> Response:  # fmt: skip
    typed = texts(form, "verdict", "note")
    try:
        body = read_body(LookJudgement, typed)
        async with house.database.transaction() as connection:
            await judge_look(connection, number, look, body.verdict, body.note, actor)
    except Invalid as wrong:
        faults = tuple(replace(one, field=f"{one.field}-{look}") for one in wrong.faults)
        return await _show(request, house, actor, number, (look, typed), faults)
    except Conflict:
        pass  # it was reported meanwhile: the page says so
    return RedirectResponse(f"/look-samples/{number}#look-{look}", 303)


async def _show(
    request: Request,
    house: House,
    actor: Actor,
    number: int,
    tried: tuple[int, Typed] | None = None,
    faults: tuple[Fault, ...] = (),
) -> Response:
    """*tried*: what was typed about which look, when it was wrong."""
    async with house.database.transaction() as connection:
        sample, looks = await read_sample(connection, number)
        await note(connection, "audit", actor.id, LOOKED, purpose=Purpose.CONTROL, sample=number)
    facts = {
        "sample": sample,
        "looks": looks,
        "verdicts": list(LookVerdict),
        "tried": tried[0] if tried else None,
        "at": lambda row: short_moment(request, row["at"]),
        "why": lambda row: purpose_in_words(row["facts"], language_of(request)),
    }
    shown = facts | typed_facts(request, tried[1] if tried else None, faults)
    return show(request, "look-sample", shown, 422 if faults else 200)
