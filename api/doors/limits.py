"""Refuses bodies beyond reason while they arrive, before they are kept in memory."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOO_LARGE = 413


class BodyLimit:
    """*largest*, in bytes, whatever the sender said beforehand.

    *by_path* and *by_ending* have other limits for some paths, whole or by how they end.
    """

    def __init__(
        self,
        app: ASGIApp,
        largest: int,
        by_path: Mapping[str, int],
        by_ending: Mapping[str, int],
    ) -> None:
        self._app, self._largest = app, largest
        self._by_path, self._by_ending = by_path, by_ending

    def _limit(self, path: str) -> int:
        if path in self._by_path:
            return self._by_path[path]
        return self._by_ending.get(path.rpartition("/")[2], self._largest)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken, largest = 0, self._limit(scope.get("path", ""))

        async def receive_limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise HTTPException(_TOO_LARGE)
            return message

        await self._app(scope, receive_limited, send)
