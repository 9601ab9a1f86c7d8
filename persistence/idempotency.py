"""What a client was answered, so that the same request again gets the same answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from persistence.models import IdempotencyKey

_NOT_YET = 0


class KeyUsedOtherwise(Conflict):
    """The idempotency key was used for a different request."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    response: dict[str, Any]


async def reserve(
    connection: AsyncConnection, actor: str, key: str, request_sha256: str
) -> StoredAnswer | None:
    """Take *key* for this request, or return what the same request was answered before.

    Waits for another transaction that holds the key. Raises KeyUsedOtherwise.
    """
    values = {
        "actor": actor,
        "key": key,
        "request_sha256": request_sha256,
        "status": _NOT_YET,
        "response": {},
    }
    taken = insert(IdempotencyKey).values(values).on_conflict_do_nothing()
    if (await connection.execute(taken.returning(IdempotencyKey.key))).first():
        return None
    found = select(
        IdempotencyKey.request_sha256, IdempotencyKey.status, IdempotencyKey.response
    ).where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
    row = (await connection.execute(found)).one()
    if row.request_sha256 != request_sha256:
        raise KeyUsedOtherwise(f"key of {actor}")
    return StoredAnswer(row.status, row.response)


async def remember(connection: AsyncConnection, actor: str, key: str, answer: StoredAnswer) -> None:
    await connection.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.actor == actor, IdempotencyKey.key == key)
        .values(status=answer.status, response=answer.response)
    )
