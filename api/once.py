"""A request with an idempotency key is carried out once, however often it is sent."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from domain.authority import Actor
from persistence.idempotency import StoredAnswer, remember, reserve

Act = Callable[[AsyncConnection], Awaitable[StoredAnswer]]


async def once(
    house: House, actor: Actor, key: str | None, fingerprint: str, act: Act
) -> StoredAnswer:
    """Key, act and answer are one transaction: after a crash the request can be sent again."""
    async with house.database.transaction() as connection:
        if key is None:
            return await act(connection)
        if known := await reserve(connection, actor.id, key, fingerprint):
            return known
        answer = await act(connection)
        await remember(connection, actor.id, key, answer)
        return answer


def fingerprint(request: Request, body: Any) -> str:
    """The same for the same request, however its JSON was spaced and ordered."""
    text = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.url.path}\n{text}".encode()).hexdigest()
