"""The door: where people sign in, and where they leave."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.cookies import SESSION, drop_cookie, read_cookie
from api.dependencies import TheHouse
from api.pages.keeping import HOME, inside
from api.pages.rendering import show
from api.pages.routing import PageRoute
from persistence.sessions import end_session

router = APIRouter(route_class=PageRoute)
Why = Literal["over", "kept", "left"]


@router.get("/sign-in")
async def show_door(
    request: Request,
    next: Annotated[str, Query(max_length=2000)] = HOME,  # noqa: A002 - as in the URL
    why: Why | None = None,
) -> Response:
    return show(request, "sign-in", {"target": inside(next), "why": why})


@router.post("/sign-out")
async def sign_out(request: Request, house: TheHouse) -> Response:
    if cookie := read_cookie(request, house, SESSION):
        async with house.database.transaction() as connection:
            await end_session(connection, cookie)
    answer = RedirectResponse("/sign-in?why=left", 303)
    drop_cookie(request, house, answer, SESSION)
    return answer
