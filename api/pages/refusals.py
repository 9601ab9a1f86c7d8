"""What people are told when something cannot be done: a page, or words for a page that is open."""

from collections.abc import Iterable

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from api.languages import language_of
from api.pages.rendering import show
from api.problems import code_of, retry_after, status_of
from api.sentences import view_faults
from domain.errors import Fault, Invalid, RettidigError
from letters.catalogue import sentence


def is_piece(request: Request) -> bool:
    """Whether a script of a page that is open asks, which shows words as they are."""
    return "HX-Request" in request.headers


def refuse(request: Request, reasons: Iterable[str], status: int) -> Response:
    reasons = list(reasons)
    if is_piece(request):
        return PlainTextResponse("\n".join(reasons), status)
    return show(request, "refused", {"reasons": reasons}, status)


def refuse_for(request: Request, error: RettidigError) -> Response:
    """Faults by their sentences, anything else by what its code means."""
    if isinstance(error, Invalid):
        return refuse_faults(request, error.faults)
    answer = refuse_by_code(request, status_of(error), code_of(error))
    answer.headers.update(retry_after(error))
    return answer


def refuse_by_code(request: Request, status: int, code: str) -> Response:
    return refuse(request, [sentence(f"problem-{code}", language_of(request))], status)


def reason_of(request: Request, error: RettidigError) -> str:
    return sentence(f"problem-{code_of(error)}", language_of(request))


def refuse_faults(request: Request, faults: Iterable[Fault]) -> Response:
    views = view_faults(faults, language_of(request))
    return refuse(request, [view.sentence for view in views], 422)
