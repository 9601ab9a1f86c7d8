"""A token of an hour for a program that shows its secret: OAuth's client credentials."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from api.dependencies import TheHouse
from api.doors.front_door import address_of
from api.problems import ClientUnknown
from api.routes.describing import problems
from api.schemas.token import TokenIssued, TokenProblem
from persistence.people.access_tokens import LASTS, is_secret_of, issue_token
from persistence.trail.audit import note

router = APIRouter(prefix="/token", tags=["access"])
_basic = HTTPBasic(auto_error=False, description="A client's name and secret.")
_ANSWERS = problems(413, 422) | {
    401: {"model": TokenProblem, "description": "No client of that name and secret."}
}
Text = Annotated[str, Form(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


@router.post("", operation_id="issueToken", responses=_ANSWERS)
async def post_token(
    request: Request,
    house: TheHouse,
    response: Response,
    grant_type: Annotated[Literal["client_credentials"], Form()],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_basic)],
    client_id: Text = "",
    client_secret: Text = "",
) -> TokenIssued:
    """Give a client its token for the next hour; its name and secret as Basic or in the form."""
    assert grant_type
    house.door.pace.sign_in(address_of(request))
    client = basic.username if basic else client_id
    secret = basic.password if basic else client_secret
    async with house.database.transaction() as connection:
        if "\x00" in client or not await is_secret_of(connection, client, secret):
            raise ClientUnknown("no such client, or another secret")
        token = await issue_token(connection, client)
        await note(connection, f"user-{client}", client, "token-issued")
    response.headers["Cache-Control"] = "no-store"
    return TokenIssued(access_token=token, expires_in=int(LASTS.total_seconds()))
