"""Temporal's own pages, on an address of theirs, ask us in the name of whoever sits before them."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, SecurityScopes

from api.dependencies import TheHouse, allowed, bearer, bearer_of
from api.doors.cookies import SESSION, read_cookie
from api.house import House
from api.problems import Forged, Unauthenticated
from domain.authority import Actor, Right
from persistence.people.sessions import find_visit

_ASKED_WITH = "authorization, content-type, x-namespace"


def welcome_neighbours(request: Request, response: Response, house: TheHouse) -> None:
    """Let their scripts, and nobody else's, read the answer and be known by our cookie."""
    origin = request.headers.get("origin")
    if origin is not None and origin == _neighbour(house):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Allow-Headers"] = _ASKED_WITH
    response.headers["Vary"] = "Origin"


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
    if request.headers.get("origin") != _neighbour(house):
        raise Forged("sent from another origin")
    async with house.database.alone() as connection:
        visit = await find_visit(connection, cookie, house.door.lengths)
    if visit is None or visit.is_over:
        raise Unauthenticated("no session")
    return visit.actor


def _neighbour(house: House) -> str | None:
    """The origin of Temporal's pages, if the operator has told where they are."""
    parts = urlsplit(house.executions or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


NextDoor = Annotated[Actor, Security(_someone_next_door, scopes=[Right.STEER.value])]
