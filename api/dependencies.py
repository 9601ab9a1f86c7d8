"""What routes ask for: the house, who is calling, and with which right."""

from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from api.doors.front_door import address_of
from api.house import House
from api.problems import Unauthenticated
from domain.authority import Actor, Right, require
from persistence.people.access_tokens import find_bearer

bearer = HTTPBearer(auto_error=False, description="A token handed out by the municipality.")


def _house(request: Request) -> House:
    house = request.app.state.house
    assert isinstance(house, House)
    return house


TheHouse = Annotated[House, Depends(_house)]


async def _actor(
    request: Request,
    rights: SecurityScopes,
    house: TheHouse,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Actor:
    """Who the token belongs to; raises NotAllowed when their role lacks a right the route names."""
    try:
        actor = await bearer_of(house, credentials.credentials if credentials else None)
    except Unauthenticated:
        house.door.pace.stranger(address_of(request))
        raise
    if request.method != "GET":
        house.door.pace.write(actor.id)
    return allowed(actor, rights)


def _visitor(request: Request, rights: SecurityScopes) -> Actor:
    """Who is signed in at the browser, as `PageRoute` has found out; pages take no bearer token."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        raise Unauthenticated("no session")
    return allowed(actor, rights)


def allowed(actor: Actor, rights: SecurityScopes) -> Actor:
    for right in rights.scopes:
        require(actor, Right(right))
    return actor


async def bearer_of(house: House, token: str | None) -> Actor:
    """Raises Unauthenticated for a token that is nobody's."""
    if token is None:
        raise Unauthenticated("no bearer token")
    async with house.database.alone() as connection:
        actor = await find_bearer(connection, token)
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
Visitor = Annotated[Actor, Security(_visitor, scopes=[])]
"""Whoever is signed in."""
FileVisitor = Visitor
CashVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.BOOK_PAYMENTS.value])]
TaskReader = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value])]
TaskWorker = Annotated[Actor, Security(_actor, scopes=[Right.ANSWER_TASKS.value])]
TaskVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.ANSWER_TASKS.value])]
LetterWriter = Annotated[Actor, Security(_actor, scopes=[Right.WORK_ON_TASKS.value])]
Assigner = Annotated[Actor, Security(_actor, scopes=[Right.ASSIGN_TASKS.value])]
Steerer = Annotated[Actor, Security(_actor, scopes=[Right.STEER.value])]
SteerVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.STEER.value])]
LetterVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value])]
NoteWriter = Annotated[
    Actor, Security(_actor, scopes=[Right.SEE_CLAIMS.value, Right.ANSWER_TASKS.value])
]
NoteVisitor = Annotated[
    Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value, Right.ANSWER_TASKS.value])
]
CaseVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_CLAIMS.value])]
HoldVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.HOLD_CLAIMS.value])]
ApproveVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.APPROVE_WRITE_OFFS.value])]
Approver = Annotated[Actor, Security(_actor, scopes=[Right.APPROVE_WRITE_OFFS.value])]
WithdrawVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.WITHDRAW_CLAIMS.value])]
WriteVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.WORK_ON_TASKS.value])]
Holder = Annotated[Actor, Security(_actor, scopes=[Right.HOLD_CLAIMS.value])]
Bailiff = Annotated[Actor, Security(_actor, scopes=[Right.HOLD_DISTRAINT_HEARINGS.value])]
BailiffVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.HOLD_DISTRAINT_HEARINGS.value])]
DepartmentAnswerer = Annotated[Actor, Security(_actor, scopes=[Right.ANSWER_CONSULTATIONS.value])]
Controller = Annotated[Actor, Security(_actor, scopes=[Right.SEE_AUDIT.value])]
ControlVisitor = Annotated[Actor, Security(_visitor, scopes=[Right.SEE_AUDIT.value])]
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
