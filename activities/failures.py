"""How an activity tells Temporal that it lives, and what stood in its way when it fails."""

import asyncio
import functools
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.errors import Refusal, Rejected, RettidigError

P = ParamSpec("P")
R = TypeVar("R")

_PULSE_SECONDS = 2  # Well below the heartbeat timeout of the rounds.


def told_to_temporal(act: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """A refusal is not tried again; anything else, an unavailable gateway too, is.

    The SDK keeps and prints messages in clear, and those of a database or a bug may hold personal
    data: of them only the name and the place go out.
    """

    @functools.wraps(act)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            async with _pulse():
                return await act(*args, **kwargs)
        except (Refusal, Rejected) as error:
            name = type(error).__name__
            raise ApplicationError(name, type=name, non_retryable=True) from None
        except (RettidigError, ApplicationError):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, its words stay here
            name = type(error).__name__
            raise ApplicationError(f"{name} at {_place(error)}", type=name) from None

    return wrapped


@asynccontextmanager
async def _pulse() -> AsyncIterator[None]:
    """As long as it beats the process is alive: a killed one is missed within seconds."""
    is_listened_to = activity.in_activity() and activity.info().heartbeat_timeout
    beating = asyncio.create_task(_beat()) if is_listened_to else None
    try:
        yield
    finally:
        if beating:
            beating.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(_PULSE_SECONDS)


def _place(error: Exception) -> str:
    """The innermost line of our own code on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
