"""What routes ask for: the house, who is calling, and with which right."""

import hashlib
from typing import Annotated

from fastapi import Cookie, Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from api.house import House
from api.problems import Unauthenticated
from domain.authority import Actor, Right, require
from persistence.reading import find_user

SESSION_COOKIE = "rettidig_token"
_bearer = HTTPBearer(auto_error=False, description="A token handed out by the municipality.")


def _house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


TheHouse = Annotated[House, Depends(_house)]


async def _actor(
    rights: SecurityScopes,
    house: TheHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Actor:
    """Who the token belongs to; raises NotAllowed when their role lacks a right the route names."""
    return _allowed(await actor_of(house, credentials.credentials if credentials else None), rights)


async def _visitor(
    request: Request,
    rights: SecurityScopes,
    house: TheHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    token: Annotated[str | None, Cookie(alias=SESSION_COOKIE, include_in_schema=False)] = None,
) -> Actor:
    """As `_actor`, but a browser may bring the token as a cookie; the JSON API takes none."""
    brought = credentials.credentials if credentials else token
    request.state.actor = await actor_of(house, brought)  # the layout says who is signed in
    return _allowed(request.state.actor, rights)


def _allowed(actor: Actor, rights: SecurityScopes) -> Actor:
    for right in rights.scopes:
        require(actor, Right(right))
    return actor


async def actor_of(house: House, token: str | None) -> Actor:
    """Raises Unauthenticated for a token that is nobody's."""
    if token is None:
        raise Unauthenticated("no bearer token")
    digest = hashlib.sha256(token.encode()).hexdigest()
    async with house.database.transaction() as connection:
        actor = await find_user(connection, digest)
    if actor is None:
        raise Unauthenticated("unknown token")
    return actor


Viewer = Annotated[Actor, Security(_actor, scopes=[Right.SEE_CLAIMS.value])]
FigureReader = Annotated[Actor, Security(_actor, scopes=[Right.SEE_FIGURES.value])]
FigureVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_FIGURES.value])]
Registrar = Annotated[Actor, Security(_actor, scopes=[Right.REGISTER_CLAIMS.value])]
Cashier = Annotated[Actor, Security(_actor, scopes=[Right.BOOK_PAYMENTS.value])]
Sender = Annotated[Actor, Security(_actor, scopes=[])]
"""Whoever may send some kind of file; which kind it is decides."""
FileVisitor = Annotated[Actor, Security(_visitor, scopes=[])]
CashVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.BOOK_PAYMENTS.value])]
TaskWorker = Annotated[Actor, Security(_actor, scopes=[Right.ANSWER_TASKS.value])]
LetterWriter = Annotated[Actor, Security(_actor, scopes=[Right.WORK_ON_TASKS.value])]
Steerer = Annotated[Actor, Security(_actor, scopes=[Right.STEER.value])]
LetterVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value])]
Holder = Annotated[Actor, Security(_actor, scopes=[Right.HOLD_CLAIMS.value])]
Controller = Annotated[Actor, Security(_actor, scopes=[Right.SEE_AUDIT.value])]
ControlVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_AUDIT.value])]
CaseVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value])]
TaskVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.ANSWER_TASKS.value])]
Withdrawer = Annotated[Actor, Security(_actor, scopes=[Right.WITHDRAW_CLAIMS.value])]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key with the same request gets the same answer, and nothing is "
        "done twice; with another request it is refused (409).",
    ),
]
