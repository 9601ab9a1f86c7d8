"""The language a reader has chosen, kept by their browser for a year."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from api.languages import LANGUAGE_COOKIE
from api.pages.addresses import HOME, inside
from api.pages.routing import PageRoute

router = APIRouter(route_class=PageRoute)
_A_YEAR = 365 * 24 * 3600


@router.post("/language")
async def choose_language(
    language: Annotated[Literal["da", "en"], Form()],
    next: Annotated[str, Form(max_length=2000)] = HOME,  # noqa: A002 - as in the form
) -> Response:
    answer = RedirectResponse(inside(next), 303)
    answer.set_cookie(
        LANGUAGE_COOKIE, language, max_age=_A_YEAR, path="/", httponly=True, samesite="lax"
    )
    return answer
