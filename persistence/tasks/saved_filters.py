"""Views of the inbox that people keep under a name, for themselves or for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, NotFound
from persistence.models import SavedFilter

_MOST = 100


@dataclass(frozen=True, slots=True)
class NewFilter:
    """*wish* is the query, without what was searched for."""

    name: str
    wish: dict[str, Any]
    is_shared: bool = False
    is_default: bool = False


async def read_filters(connection: AsyncConnection, user: str) -> Sequence[RowMapping]:
    """One's own first, then those that colleagues share."""
    is_mine = SavedFilter.owner == user
    found = (
        select(*SavedFilter.__table__.c, is_mine.label("is_mine"))
        .where(or_(is_mine, SavedFilter.is_shared))
        .order_by(is_mine.desc(), SavedFilter.name, SavedFilter.id)
        .limit(_MOST)
    )
    return (await connection.execute(found)).mappings().all()


async def default_wish(connection: AsyncConnection, user: str) -> dict[str, Any] | None:
    """What the user's inbox opens with, when they have chosen."""
    found = select(SavedFilter.wish).where(SavedFilter.owner == user, SavedFilter.is_default)
    return (await connection.execute(found)).scalar()


async def save_filter(connection: AsyncConnection, user: str, new: NewFilter) -> int:
    """Its number. The same name again replaces what was under it.

    Raises Conflict when one has as many as anybody can oversee.
    """
    if len([row for row in await read_filters(connection, user) if row["is_mine"]]) >= _MOST:
        raise Conflict(f"{user} has {_MOST} filters")
    if new.is_default:
        others = update(SavedFilter).where(SavedFilter.owner == user)
        await connection.execute(others.values(is_default=False))
    values = {
        "wish": new.wish,
        "is_shared": new.is_shared,
        "is_default": new.is_default,
    }
    saved = insert(SavedFilter).values(owner=user, name=new.name, **values)
    kept = saved.on_conflict_do_update(index_elements=["owner", "name"], set_=values)
    return int((await connection.execute(kept.returning(SavedFilter.id))).scalar_one())


async def forget_filter(connection: AsyncConnection, user: str, number: int) -> None:
    """Raises NotFound for one that is not the user's own."""
    gone = delete(SavedFilter).where(SavedFilter.id == number, SavedFilter.owner == user)
    if not (await connection.execute(gone.returning(SavedFilter.id))).first():
        raise NotFound("filter", number)
