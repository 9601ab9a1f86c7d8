"""How our errors leave an activity: what is worth another try, and what a person must see."""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from temporalio.exceptions import ApplicationError

from domain.errors import Refusal, Rejected

P = ParamSpec("P")
R = TypeVar("R")


def told_to_temporal(act: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """A refusal is not tried again; anything else, an unavailable gateway too, is.

    Only the name of the error goes out: the SDK prints messages in clear.
    """

    @functools.wraps(act)
    async def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await act(*args, **kwargs)
        except (Refusal, Rejected) as error:
            name = type(error).__name__
            raise ApplicationError(name, type=name, non_retryable=True) from None

    return wrapped
