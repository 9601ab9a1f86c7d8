"""What someone had written when their session was over: kept for a day, or until it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.models import KeptForm

_KEPT_FOR = timedelta(days=1)
MOST_OF_ONE = 20


@dataclass(frozen=True, slots=True)
class FormContent:
    """*files* are the names of fields that held a file, which is not kept."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()
    kept_at: datetime | None = None


async def keep_form(connection: AsyncConnection, user_id: str, form: FormContent) -> int:
    """Its number. Of one person's only the latest are kept."""
    await _forget_old(connection)
    content: dict[str, Any] = {"fields": [list(pair) for pair in form.fields]}
    content["files"] = list(form.files)
    new = insert(KeptForm).values(user_id=user_id, path=form.path, content=content)
    number = int((await connection.execute(new.returning(KeptForm.id))).scalar_one())
    latest = (
        select(KeptForm.id)
        .where(KeptForm.user_id == user_id)
        .order_by(KeptForm.id.desc())
        .limit(MOST_OF_ONE)
    )
    await connection.execute(
        delete(KeptForm).where(KeptForm.user_id == user_id, KeptForm.id.not_in(latest))
    )
    return number


async def read_form(connection: AsyncConnection, number: int, user_id: str) -> FormContent:
    """Raises NotFound, also for someone else's."""
    await _forget_old(connection)
    found = select(KeptForm.path, KeptForm.content, KeptForm.kept_at).where(
        KeptForm.id == number, KeptForm.user_id == user_id
    )
    row = (await connection.execute(found)).first()
    if row is None:
        raise NotFound("kept-form", str(number))
    fields = tuple((name, value) for name, value in row.content["fields"])
    return FormContent(row.path, fields, tuple(row.content["files"]), row.kept_at)


async def forget_form(connection: AsyncConnection, number: int, user_id: str) -> None:
    await connection.execute(
        delete(KeptForm).where(KeptForm.id == number, KeptForm.user_id == user_id)
    )


async def _forget_old(connection: AsyncConnection) -> None:
    past = func.now() - bindparam("past", _KEPT_FOR)
    await connection.execute(delete(KeptForm).where(KeptForm.kept_at < past))
