"""Temporal's own pages, on an address of theirs, ask us in the name of whoever sits before them."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, SecurityScopes
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import TheHouse, allowed, bearer, bearer_of
from api.doors.cookies import SESSION, read_cookie
from api.house import House
from api.problems import Forged, Unauthenticated
from domain.authority import Actor, Right
from persistence.people.sessions import find_visit

_TERMS = {
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": "authorization, content-type, x-namespace",
}


class Neighbours:
    """Lets their scripts, and nobody else's, read what we answer at *path*, refusals too."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._path):
            await self._app(scope, receive, send)
            return
        origin = scope["app"].state.house.executions.origin
        is_theirs = origin and Headers(scope=scope).get("origin") == origin

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if is_theirs:
                    headers.update(_TERMS | {"Access-Control-Allow-Origin": str(origin)})
            await send(message)

        await self._app(scope, receive, send_readable)


async def _someone_next_door(
    request: Request,
    rights: SecurityScopes,
    house: TheHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Actor:
    """By a token, as programs are; or by the session of a browser that shows those pages."""
    if credentials:
        actor = await bearer_of(house, credentials.credentials)
    else:
        actor = await _at_a_browser(request, house)
    return allowed(actor, rights)


async def _at_a_browser(request: Request, house: House) -> Actor:
    cookie = read_cookie(request, house, SESSION)
    if cookie is None:
        raise Unauthenticated("no bearer token, no session")
    if request.headers.get("origin") != house.executions.origin:
        raise Forged("sent from another origin")
    async with house.database.alone() as connection:
        visit = await find_visit(connection, cookie, house.door.lengths)
    if visit is None or visit.is_over:
        raise Unauthenticated("no session")
    return visit.actor


NextDoor = Annotated[Actor, Security(_someone_next_door, scopes=[Right.STEER.value])]
