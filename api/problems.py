"""An error as a client sees it (RFC 9457), and which status and code each of our errors has."""

import re

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field

from api.doors.identity import WithoutDepartment, WithoutRole
from api.doors.pace import TooManyRequests
from api.doors.provider import SignInRefused
from api.languages import language_of
from api.schemas.common import FaultView, View
from api.sentences import ago, view_faults
from domain.errors import (
    AlreadyDecided,
    Conflict,
    Fault,
    Invalid,
    NotAllowed,
    NotFound,
    Rejected,
    RettidigError,
    TaskTaken,
    Unavailable,
)
from domain.looking import PurposeMissing
from letters.catalogue import sentence

MEDIA_TYPE = "application/problem+json"
_CLIENT_UNKNOWN = "client-unknown"


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
    TooManyRequests: 429,
    SignInRefused: 400,
    WithoutRole: 403,
    WithoutDepartment: 403,
    Unauthenticated: 401,
    Forged: 403,
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
    ("conflict", "releaseTask"): "task-not-yours",
    ("conflict", "returnTask"): "task-not-delegated",
    ("conflict", "wakeTask"): "task-not-snoozed",
    ("conflict", "decideTask"): "claim-not-free",
    ("conflict", "bookPayment"): "payment-differs",
    ("conflict", "releaseHold"): "hold-not-in-force",
    ("conflict", "placePayment"): "claim-takes-nothing",
    ("conflict", "undoPlacing"): "payment-not-there",
    ("already-decided", "answerEnquiry"): "enquiry-answered",
    ("already-decided", "answerConsultation"): "consultation-closed",
    ("already-decided", "recallConsultation"): "consultation-closed",
    ("claim-has-ended", "answerConsultation"): "consultation-moot",
    ("conflict", "makeSubstitution"): "already-substituted",
    ("conflict", "endSubstitution"): "substitution-has-ended",
    ("not-allowed", "decideTask"): "may-not-decide",
    ("not-allowed", "takeTask"): "may-not-decide",
    ("conflict", "registerObjection"): "objection-open",
    ("conflict", "recallClaim"): "recall-impossible",
    ("conflict", "readCorrections"): "correction-impossible",
    ("conflict", "correctClaim"): "correction-impossible",
    ("conflict", "addDebtor"): "debtor-not-addable",
    ("not-allowed", "undoDecision"): "not-your-decision",
}


def code_of(error: RettidigError, operation: str = "") -> str:
    """The class in kebab-case, or what it means for the operation."""
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()
    return _BY_OPERATION.get((code, operation), code)


def status_of(error: RettidigError) -> int:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def headers_of(error: RettidigError) -> dict[str, str]:
    """What a client must know besides the words."""
    return {"Retry-After": str(error.seconds)} if isinstance(error, TooManyRequests) else {}


def words_of(request: Request, error: RettidigError, operation: str = "") -> str:
    """What people are told: also who was first, and how long ago, when that is known."""
    code, language = code_of(error, operation), language_of(request)
    if not isinstance(error, (AlreadyDecided, TaskTaken)) or not error.by or not error.at:
        return sentence(f"problem-{code}", language)
    passed = request.app.state.house.clock() - error.at
    return sentence(f"problem-{code}-by", language, person=error.by, ago=ago(passed, language))


def problem(
    request: Request,
    status: int,
    code: str,
    faults: tuple[Fault, ...] = (),
    detail: str | None = None,
) -> JSONResponse:
    language = language_of(request)
    body = Problem(
        type=f"urn:rettidig:problem:{code}",
        title=sentence(f"title-{status}", language),
        status=status,
        detail=detail or sentence(f"problem-{code}", language),
        code=code,
        faults=view_faults(faults, language),
        correlation_id=request.state.correlation_id,
    ).model_dump()
    headers = {"Content-Language": language}
    if code == _CLIENT_UNKNOWN:
        headers |= {"WWW-Authenticate": 'Basic realm="rettidig"', "Cache-Control": "no-store"}
        body["error"] = "invalid_client"  # the word that programs know from RFC 6749
    elif status == 401:  # noqa: PLR2004  # a number with a name of its own would say less
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)
