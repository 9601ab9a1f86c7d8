"""Refuses bodies beyond reason while they arrive, before they are kept in memory."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOO_LARGE = 413


class BodyLimit:
    """*largest* and *by_path*, for some paths, in bytes, whatever the sender said beforehand."""

    def __init__(self, app: ASGIApp, largest: int, by_path: Mapping[str, int]) -> None:
        self._app, self._largest, self._by_path = app, largest, by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken, largest = 0, self._by_path.get(scope.get("path", ""), self._largest)

        async def receive_limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise HTTPException(_TOO_LARGE)
            return message

        await self._app(scope, receive_limited, send)
