"""What a page answers when it cannot be shown: a sentence, or the way to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from api.errors import faults_of
from api.languages import language_of
from api.pages.rendering import show
from api.problems import Unauthenticated
from api.sentences import view_faults
from domain.errors import Fault, Invalid, NotAllowed, NotFound
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
            except Unauthenticated:
                return _to_sign_in(request)
            except NotAllowed:
                return _refused(request, "problem-not-allowed", 403)
            except NotFound:
                return _refused(request, "problem-not-found", 404)
            except Invalid as wrong:
                return _misread(request, wrong.faults)
            except RequestValidationError as wrong:
                return _misread(request, tuple(faults_of(wrong.errors())))

        return answered


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", 303)


def _refused(request: Request, code: str, status: int) -> Response:
    reason = sentence(code, language_of(request))
    return show(request, "refused", {"reasons": [reason]}, status)


def _misread(request: Request, faults: tuple[Fault, ...]) -> Response:
    reasons = [view.sentence for view in view_faults(faults, language_of(request))]
    return show(request, "refused", {"reasons": reasons}, 422)
