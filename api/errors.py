"""The one place where what was raised becomes an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from api.pages.refusals import refuse, refuse_for
from domain.errors import Fault, Invalid, RettidigError, Unavailable

_CODES = {
    "missing": "field-missing",
    "extra_forbidden": "field-not-allowed",
    "enum": "choice-unknown",
    "literal_error": "choice-unknown",
    "json_invalid": "json-invalid",
    "day-unreadable": "day-unreadable",
    "date_from_datetime_parsing": "day-impossible",
    "date_parsing": "day-impossible",
    "string_too_long": "text-too-long",
    "too_long": "list-too-long",
    "too_short": "list-too-short",
    "string_too_short": "field-missing",
    "int_type": "number-unreadable",
    "int_parsing": "number-unreadable",
    "int_from_float": "number-unreadable",
    "int_parsing_size": "number-out-of-range",
}
# SQLSTATE classes: connection exception, insufficient resources, operator intervention.
_STATES_OF_ABSENCE = ("08", "53", "57P")
_STATES_OF_COLLISION = ("40",)  # deadlock and the like: the whole transaction was undone
# A question planned before a step of an upgrade whose answer has another shape since.
_Outdated = AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError
_BOUNDS = ("gt", "ge", "lt", "le")
_BY_STATUS = {
    400: "unreadable",
    401: "unauthenticated",
    404: "no-such-page",
    405: "no-such-method",
    413: "too-large",
    429: "too-many-requests",
}


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(RettidigError, _refused)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(HTTPException, _unroutable)
    app.add_exception_handler(IntegrityError, _overtaken)
    for kind in (DBAPIError, PoolTimeoutError, OSError):
        app.add_exception_handler(kind, _cut_off)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, RettidigError)
    return refuse_for(request, error)


async def _misshapen(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refuse_for(request, Invalid(*faults_of(error.errors())))


async def _unroutable(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return refuse(request, error.status_code, _BY_STATUS.get(error.status_code, "unreadable"))


async def _overtaken(request: Request, _: Exception) -> Response:
    """Two requests wrote the same thing at the same moment, and the other one was first."""
    return refuse(request, 409, "overtaken")


async def _cut_off(request: Request, error: Exception) -> Response:
    """The database is away or full, chose another of two that waited, or was just upgraded.

    Anything else a driver says is a bug.
    """
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return refuse_for(request, Unavailable("the database does not answer"))
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state.startswith(_STATES_OF_ABSENCE):
        return refuse_for(request, Unavailable("the database does not answer"))
    if state.startswith(_STATES_OF_COLLISION) or isinstance(error.orig, _Outdated):
        return refuse(request, 409, "overtaken")
    raise error


def faults_of(errors: Sequence[Any]) -> list[Fault]:
    """What pydantic found, in the words we use for the same faults in files."""
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    kind, context = error["type"], error.get("ctx", {})
    field = _field(error["loc"])
    if kind == "text":
        return Fault(field, context["fault"])
    bound = next((name for name in _BOUNDS if name in context), None)
    if bound:
        is_day = not isinstance(context[bound], (int, float))
        code = "day-implausible" if is_day else "number-out-of-range"
        return Fault(field, code, {"value": str(error["input"])[:60], "limit": str(context[bound])})
    return Fault(field, _CODES.get(kind, "value-unfit"), _values(kind, context, error["input"]))


def _values(kind: str, context: Mapping[str, Any], given: Any) -> dict[str, str]:
    values = {"value": str(context.get("value", given))[:60]}
    for name, source in (("limit", "max_length"), ("limit", "min_length"), ("known", "expected")):
        if source in context:
            values[name] = str(context[source])
    if kind == "string_too_long":
        values["length"] = str(len(given))
    return values


def _field(location: Sequence[Any]) -> str:
    """As ``agreement.claim_ids[1]``, list places counted from 1."""
    name = ""
    for part in location[1:]:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return name.lstrip(".") or str(location[0])
