"""How each page is answered: who may come in, what is refused in words, and the way to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from typing_extensions import override

from api.errors import faults_of
from api.pages.admission import admit
from api.pages.people.keeping import forget_sent, lead_to_sign_in
from api.pages.refusals import refuse_page_for
from api.problems import Unauthenticated
from domain.errors import Invalid, RettidigError
from domain.looking import PurposeMissing

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_WENT_WRONG = 400


class PageRoute(APIRoute):
    """People are answered in HTML what programs are told as problem+json.

    Nothing is changed by a request that `admit` has not let in.
    """

    @override
    def get_route_handler(self) -> Handler:
        answer = super().get_route_handler()

        async def admitted(request: Request) -> Response:
            await admit(request)
            answered = await answer(request)
            if answered.status_code < _WENT_WRONG:
                await forget_sent(request)
            return answered

        return _in_words(admitted)


def _in_words(answer: Handler) -> Handler:
    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except Unauthenticated:
            return await lead_to_sign_in(request)
        except PurposeMissing as missing:
            return _to_say_why(request, missing)
        except RettidigError as error:
            return refuse_page_for(request, error)
        except RequestValidationError as wrong:
            return refuse_page_for(request, Invalid(*faults_of(wrong.errors())))

    return answered


def _to_say_why(request: Request, missing: PurposeMissing) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    asked = urlencode({"subject": missing.subject, "next": here})
    return RedirectResponse(f"/purpose?{asked}", 303)
