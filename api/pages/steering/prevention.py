"""Who always pays, but late: a list, an offer to those chosen, and whether it has helped."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from api.dependencies import TheHouse, WriteVisitor
from api.languages import language_of
from api.pages.claims.listing import type_names
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.prevention_words import no_words, other_due_day
from persistence.steering.prevention import (
    MOST,
    find_late_payers,
    offer_direct_debit,
    read_effect,
)

router = APIRouter(route_class=PageRoute, prefix="/prevention")
Chosen = Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Form(max_length=MOST)]


@router.get("")
async def show_late_payers(
    request: Request,
    house: TheHouse,
    _: WriteVisitor,
    offered: Annotated[int | None, Query(ge=0, le=MOST)] = None,
) -> Response:
    rule = house.policy.prevention.on_or_first(house.today)
    async with house.database.transaction() as connection:
        found = await find_late_payers(connection, rule, house.today)
        effect = await read_effect(connection, rule, house.today)
    facts = {
        "found": found,
        "rule": rule,
        "effect": effect,
        "offered": offered,
        "types": type_names(house.policy, language_of(request)),
    }
    return show(request, "prevention", facts)


@router.post("")
async def offer(
    house: TheHouse,
    actor: WriteVisitor,
    debtors: Chosen = [],  # noqa: B006  # as FastAPI wants it
    other_day: Annotated[str, Form(max_length=10)] = "",
) -> RedirectResponse:
    rule = house.policy.prevention.on_or_first(house.today)
    words = other_due_day(house.policy) if other_day else no_words
    async with house.database.transaction() as connection:
        count = await offer_direct_debit(
            connection, house.policy, rule, debtors, house.today, actor, words
        )
    return RedirectResponse(f"/prevention?offered={count}", 303)
