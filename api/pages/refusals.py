"""What someone is told when a thing cannot be done: people on a page, programs as problem+json."""

from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from api.languages import language_of
from api.pages.rendering import show
from api.problems import code_of, problem, status_of, words_of
from api.sentences import view_faults
from domain.errors import Fault, Invalid, RettidigError
from letters.catalogue import sentence

_PROGRAMS = "/api/"


def refuse(
    request: Request,
    status: int,
    code: str,
    faults: tuple[Fault, ...] = (),
    detail: str | None = None,
) -> Response:
    """Raises whatever keeps a page from being made."""
    answer = refuse_on_page if _reads_pages(request) else problem
    return answer(request, status, code, faults, detail)


def refuse_for(request: Request, error: RettidigError) -> Response:
    operation = getattr(request.scope.get("route"), "operation_id", None) or ""
    faults = error.faults if isinstance(error, Invalid) else ()
    detail = words_of(request, error, operation)
    return refuse(request, status_of(error), code_of(error, operation), faults, detail)


def refuse_on_page(
    request: Request,
    status: int,
    code: str,
    faults: tuple[Fault, ...] = (),
    detail: str | None = None,
) -> Response:
    """A sentence for each fault, else *detail*, else that of *code*; a way back; a number."""
    language = language_of(request)
    reasons = [view.sentence for view in view_faults(faults, language)]
    reasons = reasons or [detail or sentence(f"problem-{code}", language)]
    if is_piece(request):
        return PlainTextResponse("\n".join(reasons), status)
    facts = {
        "title": sentence(f"title-{status}", language),
        "status": status,
        "reasons": reasons,
        "back": _page_before(request),
        "correlation_id": request.state.correlation_id,
    }
    return show(request, "refused", facts, status)


def is_piece(request: Request) -> bool:
    """Whether a script of a page that is open asks, which shows words as they are."""
    return "HX-Request" in request.headers


def _reads_pages(request: Request) -> bool:
    wishes = request.headers.get("accept", "")
    wants_json = "json" in wishes and "text/html" not in wishes
    return not request.url.path.startswith(_PROGRAMS) and not wants_json


def _page_before(request: Request) -> str | None:
    """Where the reader came from, when that was another page of ours."""
    came = urlsplit(request.headers.get("referer", ""))
    is_ours = came.netloc == request.url.netloc and not came.path.startswith("//")
    is_here = request.method == "GET" and came.path == request.url.path
    if not is_ours or is_here or not came.path:
        return None
    return came.path + (f"?{came.query}" if came.query else "")
