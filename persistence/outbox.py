"""Messages to stories, written in the transaction of the facts they tell of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.database import literally
from persistence.models import OutboxRow
from traces.carrying import carrying

START_CLAIM = "start-claim"
START_AGREEMENT = "start-agreement"
REOPEN_CLAIM = "reopen-claim"
START_FILE = "start-file"
START_TRIAL = "start-trial"
LOOK_AHEAD = "start-forecast"
PLACE = "place"
"""In the payload of `START_CLAIM`: how many claims of the same file came before, from 0."""

_NOT_BEGUN = (
    select(OutboxRow.id)
    .where(OutboxRow.delivered_at.is_(None), OutboxRow.name == literally(START_CLAIM))
    .offset(bindparam("most"))
    .limit(1)
)

_IS_WAITING = select(
    exists().where(OutboxRow.delivered_at.is_(None), OutboxRow.name == bindparam("name"))
)


async def tell(
    connection: AsyncConnection,
    target: str,
    name: str,
    payload: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> None:
    """Leave a message for the story *target*; the relay delivers it at least once.

    *payload* is the signal's dataclass as JSON: references and numbers, never money or names.
    """
    await connection.execute(insert(OutboxRow), _row(target, name, payload, not_before))


async def tell_all(connection: AsyncConnection, targets: Sequence[str], name: str) -> None:
    """As `tell`, each of them the same that has no payload."""
    if targets:
        rows = [_row(target, name, None, None) for target in targets]
        await connection.execute(insert(OutboxRow), rows)


async def is_waiting(connection: AsyncConnection, name: str) -> bool:
    """Whether any message *name* has not been delivered."""
    return bool(await connection.scalar(_IS_WAITING, {"name": name}))


def message(
    target: str,
    name: str,
    payload: dict[str, Any] | None = None,
    not_before: datetime | None = None,
) -> Insert:
    """The statement behind `tell`, to ride along with another as a CTE.

    There column defaults are not filled in, so every value is given.
    """
    return insert(OutboxRow).values(_row(target, name, payload, not_before))


def _row(
    target: str, name: str, payload: dict[str, Any] | None, not_before: datetime | None
) -> dict[str, Any]:
    return {
        "target": target,
        "name": name,
        "payload": carrying(payload or {}),
        "not_before": not_before,
        "attempts": 0,
    }


async def waiting_messages(connection: AsyncConnection, limit: int) -> Sequence[Any]:
    """The oldest undelivered messages that are due, in the order they were written.

    Those that someone is just taking back are passed over.
    """
    due = or_(OutboxRow.not_before.is_(None), OutboxRow.not_before <= func.now())
    return (
        await connection.execute(
            select(OutboxRow.id, OutboxRow.target, OutboxRow.name, OutboxRow.payload)
            .where(OutboxRow.delivered_at.is_(None), due)
            .order_by(OutboxRow.id)
            .limit(limit)
            .with_for_update(key_share=True, read=True, skip_locked=True)
        )
    ).all()


async def are_many_to_begin(connection: AsyncConnection, most: int) -> bool:
    """Whether more than *most* stories of claims wait to be begun."""
    return await connection.scalar(_NOT_BEGUN, {"most": most}) is not None


async def mark_delivered(connection: AsyncConnection, ids: Sequence[int]) -> None:
    await connection.execute(
        update(OutboxRow).where(OutboxRow.id.in_(ids)).values(delivered_at=func.now())
    )


async def mark_troubled(connection: AsyncConnection, row_id: int, trouble: str) -> None:
    """Remember what stood in the way; the message is tried again."""
    await connection.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row_id)
        .values(attempts=OutboxRow.attempts + 1, trouble=trouble)
    )
