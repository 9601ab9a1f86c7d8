"""What a page answers when it cannot be shown: a sentence, or the way to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from api.errors import faults_of
from api.pages.refusals import refuse_on_page
from api.problems import Unauthenticated, code_of, status_of
from domain.errors import Invalid, RettidigError
from domain.looking import PurposeMissing

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
            except PurposeMissing as missing:
                return _to_say_why(request, missing)
            except RettidigError as refusal:
                faults = refusal.faults if isinstance(refusal, Invalid) else ()
                return refuse_on_page(request, status_of(refusal), code_of(refusal), faults)
            except RequestValidationError as wrong:
                faults = tuple(faults_of(wrong.errors()))
                return refuse_on_page(request, 422, "invalid", faults)

        return answered


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", 303)


def _to_say_why(request: Request, missing: PurposeMissing) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    asked = urlencode({"subject": missing.subject, "next": here})
    return RedirectResponse(f"/purpose?{asked}", 303)
