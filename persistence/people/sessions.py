"""Sessions of people at their browsers: begun, looked up in one statement, and ended."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Interval, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Role
from persistence.models import SessionRow

_KNOWN_FOR = timedelta(days=1)  # after its end, so that a form sent too late finds its sender
# Seen to the minute, so that most requests only read.
_FIND = text("""
with seen as (
  update sessions set seen_at = now()
  where id_sha256 = :session and :is_used and ended_at is null
    and seen_at < now() - interval '1 minute'
    and seen_at > now() - :idle and began_at > now() - :longest)
select u.id, u.role, u.name, u.department, s.csrf_token,
  s.seen_at <= now() - :idle or s.began_at <= now() - :longest as is_over
from sessions s join users u on u.id = s.user_id
where s.id_sha256 = :session and s.ended_at is null""").bindparams(
    bindparam("idle", type_=Interval), bindparam("longest", type_=Interval)
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a session lasts: without being used, and at most."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone at a browser. *is_over*: their time was up, but who it was is still known."""

    actor: Actor
    csrf_token: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class NewSession:
    """*cookie* is what only the browser keeps."""

    cookie: str
    csrf_token: str


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


async def begin_session(connection: AsyncConnection, user_id: str) -> NewSession:
    """Sessions long over are forgotten meanwhile."""
    new = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    await connection.execute(
        delete(SessionRow).where(SessionRow.seen_at < func.now() - bindparam("past", _KNOWN_FOR))
    )
    values = {"id_sha256": digest(new.cookie), "user_id": user_id, "csrf_token": new.csrf_token}
    await connection.execute(insert(SessionRow).values(values))
    return new


async def find_visit(
    connection: AsyncConnection, cookie: str, lengths: Lengths, *, is_used: bool = True
) -> Visit | None:
    """Whose session it is; *is_used* makes it last longer."""
    values = {
        "session": digest(cookie),
        "is_used": is_used,
        "idle": lengths.idle,
        "longest": lengths.longest,
    }
    row = (await connection.execute(_FIND, values)).first()
    if row is None:
        return None
    actor = Actor(row.id, Role(row.role), row.name, row.department)
    return Visit(actor, row.csrf_token, row.is_over)


async def was_given_to(connection: AsyncConnection, csrf_token: str, user_id: str) -> bool:
    """Whether it is of another session of theirs: a form from before they signed in again."""
    found = select(SessionRow.user_id).where(
        SessionRow.csrf_token == csrf_token, SessionRow.user_id == user_id
    )
    return (await connection.execute(found)).first() is not None


async def end_session(connection: AsyncConnection, cookie: str) -> None:
    await connection.execute(
        update(SessionRow)
        .where(SessionRow.id_sha256 == digest(cookie), SessionRow.ended_at.is_(None))
        .values(ended_at=func.now())
    )
