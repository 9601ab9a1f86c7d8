"""How each page is answered: who may come in, what is refused in words, and the way to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from typing_extensions import override

from api.errors import faults_of
from api.pages.admission import admit
from api.pages.keeping import forget_sent, lead_to_sign_in
from api.pages.refusals import refuse_on_page
from api.problems import Unauthenticated, code_of, status_of, words_of
from domain.errors import Invalid, RettidigError

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
        except RettidigError as error:
            faults = error.faults if isinstance(error, Invalid) else ()
            told = words_of(request, error)
            return refuse_on_page(request, status_of(error), code_of(error), faults, told)
        except RequestValidationError as wrong:
            return refuse_on_page(request, 422, "invalid", tuple(faults_of(wrong.errors())))

    return answered
