"""Why do you look at this case? Asked once a day for a debtor, when the house cannot tell."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import CaseVisitor, TheHouse
from api.pages.addresses import inside
from api.pages.rendering import show
from api.pages.routing import PageRoute
from domain.errors import Fault, Invalid
from domain.looking import CHOICES, Purpose
from persistence.trail.audit import choose_purpose

router = APIRouter(route_class=PageRoute)
Subject = Annotated[str, Query(max_length=40, pattern="^[0-9a-z-]+$")]


@router.get("/purpose")
async def ask_purpose(
    request: Request,
    _: CaseVisitor,
    subject: Subject,
    next: Annotated[str, Query(max_length=400)] = "/",  # noqa: A002 - as in the URL
) -> Response:
    return show(request, "purpose", {"subject": subject, "next": next, "choices": CHOICES})


@router.post("/purpose")
async def take_purpose(
    house: TheHouse,
    actor: CaseVisitor,
    subject: Annotated[str, Form(max_length=40, pattern="^[0-9a-z-]+$")],
    purpose: Annotated[Purpose, Form()],
    next: Annotated[str, Form(max_length=400)] = "/",  # noqa: A002 - as in the URL
) -> Response:
    if purpose not in CHOICES:
        raise Invalid(Fault("purpose", "choice-unknown", {"value": purpose, "known": ""}))
    async with house.database.transaction() as connection:
        await choose_purpose(connection, subject, actor.id, purpose)
    return RedirectResponse(inside(next), 303)
