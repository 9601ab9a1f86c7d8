"""Gives every request a number by which client, log and operator can speak of it."""

import re
import traceback
import uuid

import structlog
from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.refusals import refuse
from api.problems import problem

HEADER = "X-Correlation-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = structlog.get_logger()


class Correlation:
    """Outermost of ours: a bug below becomes an answer with that number, and a line in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _number(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["correlation_id"] = number
        has_begun = False

        async def send_numbered(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=number):
            try:
                await self._app(scope, receive, send_numbered)
            except Exception as error:  # the entry point's last resort
                _log.error("bug", error=type(error).__name__, where=_where(error))
                if has_begun:
                    raise
                answer = _last_word(Request(scope))
                await answer(scope, receive, send_numbered)


def _last_word(request: Request) -> Response:
    """Where even a page cannot be made, a problem can."""
    try:
        return refuse(request, 500, "bug")
    except Exception as error:  # noqa: BLE001  # the last resort has one of its own
        _log.error("no-page", error=type(error).__name__, where=_where(error))
        return problem(request, 500, "bug")


def _number(wish: str) -> str:
    return wish if _ACCEPTABLE.fullmatch(wish) else uuid.uuid4().hex


def _where(error: BaseException) -> list[str]:
    """Files and lines only: the message of an error may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
