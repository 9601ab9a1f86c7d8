"""Debtors and claims by what a person types; one exact hit leads straight there."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import LetterVisitor, TheHouse
from api.inbox.rows import claim_type_name
from api.languages import language_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from persistence.debtors.searching import Found, read_search, search

router = APIRouter(route_class=PageRoute)


@router.post("/search")
async def find(
    request: Request,
    house: TheHouse,
    actor: LetterVisitor,
    text: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    wish = read_search(text)
    async with house.database.transaction() as connection:
        found = await search(connection, wish, actor)
    if found.is_exact:
        return RedirectResponse(_only_one(found), 303)
    language = language_of(request)
    facts = {
        "found": found,
        "is_understood": wish.is_understood,
        "text": "" if wish.is_number else text,
        "claim_type": lambda code: claim_type_name(house, code, language),
    }
    return show(request, "search", facts)


@router.get("/search")
async def ask(request: Request, _: LetterVisitor) -> Response:
    """Where the back button leads."""
    empty = {"found": Found((), ()), "is_understood": True, "text": "", "claim_type": str}
    return show(request, "search", empty)


def _only_one(found: Found) -> str:
    for debtor in found.debtors:
        return f"/debtors/{debtor['id']}"
    return f"/claims/{found.claims[0]['id']}"
