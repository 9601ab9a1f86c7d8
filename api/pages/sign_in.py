"""Signing in with a token that the municipality handed out, kept in the browser as a cookie."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import SESSION_COOKIE, TheHouse, actor_of
from api.pages.rendering import show
from api.pages.routing import PageRoute
from api.problems import Unauthenticated

router = APIRouter(route_class=PageRoute)
_HOME = "/"
_LONGEST = 200


@router.get("/sign-in")
async def ask_for_token(request: Request, next: str = _HOME) -> Response:  # noqa: A002 - as in the URL
    return show(request, "sign-in", {"target": _inside(next), "is_wrong": False})


@router.post("/sign-in")
async def sign_in(
    request: Request,
    house: TheHouse,
    token: Annotated[str, Form(max_length=_LONGEST)] = "",
    next: Annotated[str, Form()] = _HOME,  # noqa: A002 - as in the URL
) -> Response:
    try:
        await actor_of(house, token.strip())
    except Unauthenticated:
        return show(request, "sign-in", {"target": _inside(next), "is_wrong": True}, 401)
    answer = RedirectResponse(_inside(next), 303)
    is_secure = request.url.scheme == "https"
    answer.set_cookie(
        SESSION_COOKIE, token.strip(), httponly=True, samesite="strict", secure=is_secure
    )
    return answer


def _inside(target: str) -> str:
    """*target* when it is a page of ours: nobody is led elsewhere by a link to our door."""
    is_ours = target.startswith("/") and not target.startswith("//") and target.isprintable()
    return target if is_ours and "\\" not in target else _HOME
