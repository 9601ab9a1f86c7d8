"""An error as a client sees it (RFC 9457), and which status and code each of our errors has."""

import re
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.identity import WithoutDepartment, WithoutRole
from api.languages import language_of
from api.pace import TooMany
from api.provider import SignInRefused
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
from letters.catalogue import sentence

MEDIA_TYPE = "application/problem+json"


class Unauthenticated(RettidigError):
    """Nobody we know sent the request."""


class ClientUnknown(Unauthenticated):
    """No program of that name and secret."""


class Forged(RettidigError):
    """What was sent came from no page that we showed to this person."""


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
    TooMany: 429,
    SignInRefused: 400,
    WithoutRole: 403,
    WithoutDepartment: 403,
    Unauthenticated: 401,
    Forged: 403,
    NotAllowed: 403,
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
    ("not-allowed", "decideTask"): "may-not-decide",
}


def code_of(error: RettidigError, operation: str = "") -> str:
    """The class in kebab-case, or what it means for the operation."""
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
    return _BY_OPERATION.get((code, operation), code)


def status_of(error: RettidigError) -> int:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def problem_for(request: Request, error: RettidigError) -> JSONResponse:
    status = status_of(error)
    operation = getattr(request.scope.get("route"), "operation_id", None) or ""
    faults = error.faults if isinstance(error, Invalid) else ()
    if isinstance(error, ClientUnknown):
        return _client_unknown(request, status)
    answer = problem(request, status, code_of(error, operation), faults)
    answer.headers.update(retry_after(error))
    return answer


def _client_unknown(request: Request, status: int) -> JSONResponse:
    """With the word that programs know from RFC 6749."""
    body = _body(request, status, "client-unknown") | {"error": "invalid_client"}
    headers = {"WWW-Authenticate": 'Basic realm="rettidig"', "Cache-Control": "no-store"}
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def retry_after(error: RettidigError) -> dict[str, str]:
    return {"Retry-After": str(error.seconds)} if isinstance(error, TooMany) else {}


def problem(
    request: Request, status: int, code: str, faults: tuple[Fault, ...] = ()
) -> JSONResponse:
    headers = {"Content-Language": language_of(request)}
    if status == 401:  # noqa: PLR2004  # a number with a name of its own would say less
        headers["WWW-Authenticate"] = "Bearer"
    body = _body(request, status, code, faults)
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def _body(
    request: Request, status: int, code: str, faults: tuple[Fault, ...] = ()
) -> dict[str, Any]:
    language = language_of(request)
    return Problem(
        type=f"urn:rettidig:problem:{code}",
        title=sentence(f"title-{status}", language),
        status=status,
        detail=sentence(f"problem-{code}", language),
        code=code,
        faults=view_faults(faults, language),
        correlation_id=request.state.correlation_id,
    ).model_dump()
