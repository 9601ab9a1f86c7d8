"""What routes say of themselves in the OpenAPI document."""

from typing import Annotated, Any

from fastapi import Path

from api.problems import Problem

ClaimId = Annotated[str, Path(pattern=r"^[0-9]{4}-[0-9]{6,12}$", examples=["2026-000123"])]
AgreementId = Annotated[str, Path(pattern=r"^A-[0-9]{6,12}$", examples=["A-000017"])]

_MEANING = {
    400: "The request cannot be read.",
    401: "No token, or one we do not know.",
    403: "The caller's role lacks the right, or may not approve its own proposal.",
    404: "There is nothing of that name.",
    409: "It was possible before, and is not now; or the key or reference is used for another.",
    413: "The request is too large.",
    422: "The request is wrong in the ways its faults say.",
    429: "Too many requests; `Retry-After` says in how many seconds to try again.",
    503: "The database does not answer. Try again.",
}
ALWAYS = (400, 401, 403, 429, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"model": Problem, "description": _MEANING[status]}
        for status in sorted({*ALWAYS, *statuses})
    }
