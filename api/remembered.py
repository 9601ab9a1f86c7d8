"""Answers that many ask for and that may be some seconds old, each made once at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
_MOST = 500


class Remembered:
    """*seconds*: how old an answer may be. Who comes while it is made waits for it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._answers: dict[Hashable, tuple[float, asyncio.Future[Any]]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The answer for *key*, made anew when there is none young enough."""
        loop = asyncio.get_running_loop()
        made_at, answer = self._answers.get(key, (0.0, None))
        is_of_use = answer is not None and answer.get_loop() is loop and not _has_failed(answer)
        if answer is None or not is_of_use or loop.time() - made_at > self._seconds:
            self._make_room()
            answer = asyncio.ensure_future(make())
            self._answers[key] = (loop.time(), answer)
        found: T = await asyncio.shield(answer)
        return found

    def _make_room(self) -> None:
        while len(self._answers) >= _MOST:
            self._answers.pop(next(iter(self._answers)))


def _has_failed(answer: asyncio.Future[Any]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
