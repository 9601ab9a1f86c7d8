"""What a page answers when it cannot be shown: a sentence, or the way to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from typing_extensions import override

from api.errors import faults_of
from api.languages import language_of
from api.pages.rendering import show
from api.problems import Unauthenticated, code_of
from api.sentences import view_faults
from domain.errors import Conflict, Fault, Invalid, NotAllowed, NotFound, RettidigError
from letters.catalogue import sentence

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """People are answered in HTML what programs are told as problem+json."""

    @override
    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except (RettidigError, RequestValidationError, HTTPException) as refusal:
                page = _page_for(request, refusal)
                if page is None:
                    raise
                return page

        return answered


def _page_for(request: Request, refusal: Exception) -> Response | None:
    """None for what only the entry point can answer."""
    page = None
    match refusal:
        case Unauthenticated():
            page = _to_sign_in(request)
        case NotAllowed():
            page = _refused(request, "problem-not-allowed", 403)
        case NotFound():
            page = _refused(request, "problem-not-found", 404)
        case Conflict():
            page = _refused(request, f"problem-{code_of(refusal)}", 409)
        case Invalid():
            page = _misread(request, refusal.faults)
        case RequestValidationError():
            page = _misread(request, tuple(faults_of(refusal.errors())))
        case HTTPException(status_code=413):
            page = _refused(request, "attachment-far-too-large", 413)
        case _:
            pass
    return page


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", 303)


def _refused(request: Request, code: str, status: int) -> Response:
    reasons = [sentence(code, language_of(request))]
    return show(request, "refused", {"reasons": reasons}, status)


def _misread(request: Request, faults: tuple[Fault, ...]) -> Response:
    reasons = [view.sentence for view in view_faults(faults, language_of(request))]
    return show(request, "refused", {"reasons": reasons}, 422)
