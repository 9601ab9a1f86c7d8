"""An error as a client sees it (RFC 9457), and which status and code each of our errors has."""

import re

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.languages import language_of
from api.schemas.common import FaultView, View
from api.sentences import view_faults
from domain.errors import (
    Conflict,
    Fault,
    Invalid,
    NotAllowed,
    NotFound,
    Rejected,
    RettidigError,
    Unavailable,
)
from domain.looking import PurposeMissing
from letters.catalogue import sentence

MEDIA_TYPE = "application/problem+json"


class Unauthenticated(RettidigError):
    """Nobody we know sent the request."""


class Problem(View):
    """What went wrong, for programs (`code`) and for people (`detail`)."""

    type: str = Field(examples=["urn:rettidig:problem:not-found"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["not-found"])
    faults: list[FaultView]
    correlation_id: str = Field(description="Name it when you ask us about this error.")


_STATUS: dict[type[RettidigError], int] = {
    Unauthenticated: 401,
    NotAllowed: 403,
    PurposeMissing: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Rejected: 502,
    Unavailable: 503,
}

# The same refusal means different things to people, depending on what they asked for.
_BY_OPERATION: dict[tuple[str, str], str] = {
    ("conflict", "registerClaim"): "claim-differs",
    ("conflict", "takeTask"): "task-taken",
    ("conflict", "releaseTask"): "task-not-yours",
    ("conflict", "decideTask"): "claim-not-free",
    ("conflict", "bookPayment"): "payment-differs",
    ("conflict", "releaseHold"): "hold-not-in-force",
    ("conflict", "placePayment"): "claim-takes-nothing",
    ("conflict", "undoPlacing"): "payment-not-there",
    ("conflict", "makeSubstitution"): "already-substituted",
    ("conflict", "endSubstitution"): "substitution-has-ended",
    ("not-allowed", "decideTask"): "may-not-decide",
}


def code_of(error: RettidigError, operation: str = "") -> str:
    """The class in kebab-case, or what it means for the operation."""
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
    return _BY_OPERATION.get((code, operation), code)


def status_of(error: RettidigError) -> int:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def problem(
    request: Request, status: int, code: str, faults: tuple[Fault, ...] = ()
) -> JSONResponse:
    language = language_of(request)
    body = Problem(
        type=f"urn:rettidig:problem:{code}",
        title=sentence(f"title-{status}", language),
        status=status,
        detail=sentence(f"problem-{code}", language),
        code=code,
        faults=view_faults(faults, language),
        correlation_id=request.state.correlation_id,
    )
    headers = {"Content-Language": language}
    if status == 401:  # noqa: PLR2004  # a number with a name of its own would say less
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body.model_dump(), status, headers=headers, media_type=MEDIA_TYPE)
