"""How every command begins and ends: one event loop, one clear sentence when it goes wrong."""

import gc
import os
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import asyncpg
from sqlalchemy.exc import DBAPIError
from temporalio.service import RPCError, RPCStatusCode

from cli.words import DANISH, Words, words
from domain.errors import Invalid, NotFound, RettidigError, Unavailable
from persistence.debtors.numbers import NoKeys
from workers import loop

FAILED = 1
REFUSED_ROWS = 2
INTERRUPTED = 130
_NO_CONNECTION = (
    *("InvalidCatalogName", "InvalidPassword", "InvalidAuthorization", "CannotConnectNow"),
    *("ConnectionDoesNotExist", "ConnectionRefused", "TooManyConnections"),
)


def conclude(command: Coroutine[Any, Any, int], say: Words) -> NoReturn:
    """Run *command* and end the process with the code it returns."""
    leave(_run(command, say))


def do(is_english: bool, command: Callable[[Words], Coroutine[Any, Any, int]]) -> NoReturn:  # noqa: FBT001 - typer's flag, passed on
    """Run *command* in the reader's language, and end the process."""
    say = words(is_english=is_english)
    conclude(command(say), say)


def leave(code: int) -> NoReturn:
    """End without Python's own clearing up, in which Temporal's threads may crash the process."""
    gc.collect()
    time.sleep(0.05)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(command: Coroutine[Any, Any, int], say: Words) -> int:
    try:
        return loop.run(command)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (RettidigError, RPCError, RuntimeError, OSError, DBAPIError) as trouble:
        if not (sentences := explain(trouble, say)):
            raise
        for sentence in sentences:
            print(sentence, file=sys.stderr)
        return FAILED


def explain(trouble: Exception, say: Words) -> list[str]:
    """What went wrong in words; nothing for a bug, which needs its traceback."""
    match trouble:
        case NoKeys():
            return [say("numbers-no-keys")]
        case Invalid():
            return [_fault(fault.field, fault.code, fault.values, say) for fault in trouble.faults]
        case NotFound():
            thing = f"{say.name('thing', trouble.what)} {trouble.name}".strip()
            return [say("failed-not-found", what=thing)]
        case Unavailable():
            return [say("failed-unavailable", what=trouble)]
        case RettidigError():
            return [say("failed-conflict", what=trouble)]
        case _:
            return _explain_the_world(trouble, say)


def _explain_the_world(trouble: Exception, say: Words) -> list[str]:
    """Someone does not answer, or a file cannot be read."""
    match trouble:
        case RPCError(status=RPCStatusCode.UNAVAILABLE | RPCStatusCode.DEADLINE_EXCEEDED):
            return [say("failed-temporal")]
        case RuntimeError() if "onnect" in str(trouble):
            return [say("failed-temporal")]
        case FileNotFoundError() | PermissionError() | IsADirectoryError():
            return [say("failed-file", path=trouble.filename, why=trouble.strerror)]
        case ConnectionError() | asyncpg.PostgresError() | DBAPIError():
            return [say("failed-database")] if _is_no_connection(trouble) else []
        case OSError():
            return [say("failed-system", why=trouble)]
        case _:
            return []


def _is_no_connection(trouble: Exception) -> bool:
    if isinstance(trouble, ConnectionError | asyncpg.PostgresConnectionError):
        return True
    reason = repr(getattr(trouble, "orig", trouble))
    return any(name in reason for name in _NO_CONNECTION)


def _fault(field: str, code: str, values: dict[str, str], say: Words) -> str:
    """A policy and the settings tell their own reason; all else is a sentence of the catalogue."""
    if code.startswith("policy-"):
        reason = values["reason" if say.language == DANISH else "reason_en"]
        where = {"file": values.get("file", "?"), "line": values["line"]}
        return say("failed-policy", **where, field=field, reason=reason)
    try:
        sentence = say(code, **values)
    except KeyError:
        sentence = code
    return f"{field}: {sentence}" if field else sentence
