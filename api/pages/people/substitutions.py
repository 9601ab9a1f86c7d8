"""Who stands in for whom: a list, a form to arrange it, and a button that ends it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import TaskVisitor, TheHouse
from api.house import House
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.schemas.common import PRINTABLE
from api.sentences import view_faults
from domain.authority import Actor, Right, may
from domain.errors import Conflict, Fault, Invalid
from persistence.people.substituting import (
    NewSubstitution,
    colleagues,
    end_substitution,
    make_substitution,
    substitutions,
)

router = APIRouter(route_class=PageRoute, prefix="/substitutions")
Word = Annotated[str, Form(max_length=100, pattern=PRINTABLE)]


@router.get("")
async def show_substitutions(request: Request, house: TheHouse, actor: TaskVisitor) -> Response:
    return await _show(request, house, actor, {}, ())


@router.post("")
async def arrange(
    request: Request,
    house: TheHouse,
    actor: TaskVisitor,
    substitute: Word = "",
    since: Word = "",
    until: Word = "",
    absent: Word = "",
) -> Response:
    given = {"absent": absent, "substitute": substitute, "since": since, "until": until}
    try:
        wish = NewSubstitution(
            absent or actor.id, substitute, _day("since", since), _day("until", until)
        )
        async with house.database.transaction() as connection:
            await make_substitution(connection, wish, actor, house.today)
    except Invalid as wrong:
        return await _show(request, house, actor, given, wrong.faults)
    except Conflict:
        fault = Fault("substitute", "problem-already-substituted")
        return await _show(request, house, actor, given, (fault,))
    return RedirectResponse("/substitutions", 303)


@router.post("/{number}/end")
async def end(house: TheHouse, actor: TaskVisitor, number: Annotated[int, Path(ge=1)]) -> Response:
    async with house.database.transaction() as connection:
        await end_substitution(connection, number, actor)
    return RedirectResponse("/substitutions", 303)


async def _show(
    request: Request,
    house: House,
    actor: Actor,
    given: dict[str, str],
    faults: tuple[Fault, ...],
) -> Response:
    async with house.database.transaction() as connection:
        found = await substitutions(connection, house.today)
        people = await colleagues(connection)
    is_supervisor = may(actor, Right.STEER)
    said = view_faults(faults, language_of(request))
    facts = {
        "found": found,
        "others": [person for person in people if is_supervisor or person[0] != actor.id],
        "is_supervisor": is_supervisor,
        "given": {"absent": actor.id, "since": house.today, "until": "", "substitute": ""} | given,
        "faults": said,
        "wrong": {fault.field: fault.sentence for fault in said},
    }
    return show(request, "substitutions", facts, 422 if faults else 200)


def _day(field: str, text: str) -> date:
    if not text:
        raise Invalid(Fault(field, "field-missing"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(Fault(field, "day-unreadable", {"value": text[:60]})) from None
