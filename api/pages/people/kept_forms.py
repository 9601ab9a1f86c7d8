"""What someone had written when their session was over, to be sent again or thrown away."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import TheHouse, Visitor
from api.pages.addresses import HOME
from api.pages.people.keeping import KEPT
from api.pages.rendering import show
from api.pages.routing import PageRoute
from persistence.people.kept_forms import forget_form, read_form

router = APIRouter(route_class=PageRoute, prefix="/kept-forms")
Number = Annotated[int, Path(ge=1, lt=2**63)]
_WORTH_SHOWING = 12  # characters; shorter ones are codes and numbers of the form's own


@router.get("/{number}")
async def show_kept(request: Request, house: TheHouse, actor: Visitor, number: Number) -> Response:
    async with house.database.transaction() as connection:
        form = await read_form(connection, number, actor.id)
    joint = "&" if "?" in form.path else "?"
    facts = {
        "number": number,
        "form": form,
        "target": f"{form.path}{joint}{KEPT}={number}",
        "texts": [value for _, value in form.fields if _is_written(value)],
    }
    return show(request, "kept-form", facts)


def _is_written(value: str) -> bool:
    """By a person, and at length: marks and keys that a form carries are one long word."""
    return len(value.strip()) > _WORTH_SHOWING and len(value.split()) > 1


@router.post("/{number}/discard")
async def discard(house: TheHouse, actor: Visitor, number: Number) -> Response:
    async with house.database.transaction() as connection:
        await forget_form(connection, number, actor.id)
    return RedirectResponse(HOME, 303)
