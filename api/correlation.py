"""Gives every request a number by which client, log and operator can speak of it."""

import re
import traceback
import uuid
from collections.abc import Iterator

import structlog
from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.pages.refusals import refuse
from api.problems import problem
from traces.carrying import NUMBER, PARENT, trace_of
from traces.spans import current_trace, number_current

HEADER = "X-Correlation-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LIKE_A_PERSON = re.compile(r"(?<!\d)\d{6}-?\d{4}(?!\d)")
_MOST, _LAST = 8, 3  # frames of ours, and of the libraries we called, in the log
_LOOKING = {"GET", "HEAD", "OPTIONS"}
_log = structlog.get_logger()


class Correlation:
    """Outermost of ours: a bug below becomes an answer with that number, and a line in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _number(Headers(scope=scope))
        scope.setdefault("state", {})["correlation_id"] = number
        has_begun = False

        async def send_numbered(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        with structlog.contextvars.bound_contextvars(**{NUMBER: number}):
            number_current()
            try:
                await self._app(scope, receive, send_numbered)
                _tell(scope)
            except Exception as error:  # the entry point's last resort
                _log.error("bug", error=_named(error), where=_where(error))
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


def _tell(scope: Scope) -> None:
    """Of what changes something; the route and never the address, in which people may write."""
    if scope["method"] not in _LOOKING:
        route = getattr(scope.get("route"), "path", None)
        _log.info("request", method=scope["method"], route=route)


def _number(headers: Headers) -> str:
    """The caller's own, that of the trace it is in, or a new one.

    Never one with what could be a CPR number in it: the logs mask that, and nobody would find it.
    """
    return next(one for one in _numbers(headers) if not _LIKE_A_PERSON.search(one))


def _numbers(headers: Headers) -> Iterator[str]:
    wish = headers.get(HEADER, "")
    if _ACCEPTABLE.fullmatch(wish):
        yield wish
    if trace := current_trace() or trace_of(headers.get(PARENT, "")):
        yield trace
    while True:
        yield uuid.uuid4().hex


def _named(error: BaseException) -> str:
    """With what it came from: a library's own error hides the one that says what was wrong."""
    names = [type(error).__name__]
    while error.__cause__ is not None:
        error = error.__cause__
        names.append(type(error).__name__)
    return " from ".join(names)


def _where(error: BaseException) -> list[str]:
    """Files and lines only: the message of an error may hold personal data.

    Ours, and the last of the libraries'.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    theirs = [frame for frame in frames[-_LAST:] if frame not in ours]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in ours[-_MOST:] + theirs]
