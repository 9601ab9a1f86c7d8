"""Mails laid down before they are sent: a digest a person and day, an escalation told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Role
from domain.telling.mail_wishes import MailKind, MailState, MailWish, usual_wish
from persistence.models import MailRow
from persistence.models import MailWish as WishRow

SHOWN = 14
# What is put off (greylisted) may come soon after; a server that is away is left alone longer.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60))

_PEOPLE = text("""
select u.id, u.role, u.name, u.department, u.email, w.has_digest, w.hour, w.weekdays,
  w.is_told_at_once, w.language,
  exists (select from mails m where m.user_id = u.id and m.day = :on and m.kind = 'digest') as told
from users u left join mail_wishes w on w.user_id = u.id
where u.email is not null and u.role <> 'system' order by u.id""")
_WISH = select(WishRow.has_digest, WishRow.hour, WishRow.weekdays, WishRow.is_told_at_once,
               WishRow.language)  # fmt: skip
_TOLD_OF = text("select unnest(about) as key from mails where user_id = :user")
_DUE = text("""
select id, kind, day, address, subject, plain, html, laid_at, tries from mails
where state = 'waiting' and (next_try_at is null or next_try_at <= :now)
order by id limit :limit""")
_ADDRESS = text("select email from users where id = :user")
_LATEST = text("""
select kind, day, state, subject, settled_at, trouble from mails
where user_id = :user and state <> 'nothing' order by id desc limit :limit""")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may be mailed at *address*. *is_told*: the day's digest is laid down already."""

    actor: Actor
    address: str
    wish: MailWish
    is_told: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a mail says, both ways; *sha256* of all of it."""

    subject: str
    plain: str
    html: str
    sha256: str


async def readers(connection: AsyncConnection, on: date) -> Sequence[Reader]:
    """Everyone who has an address, with what they wish."""
    rows = (await connection.execute(_PEOPLE, {"on": on})).mappings().all()
    return [_reader(row) for row in rows]


def _reader(row: RowMapping) -> Reader:
    actor = Actor(row["id"], Role(row["role"]), row["name"], row["department"])
    wish = usual_wish(actor.role) if row["hour"] is None else _wish(row)
    return Reader(actor, row["email"], wish, row["told"])


def _wish(row: Any) -> MailWish:
    days = tuple(row["weekdays"])
    return MailWish(row["has_digest"], row["hour"], days, row["is_told_at_once"], row["language"])


async def read_wish(connection: AsyncConnection, reader: Actor) -> MailWish:
    """What they have chosen, or what someone of their role gets."""
    found = await connection.execute(_WISH.where(WishRow.user_id == reader.id))
    row = found.mappings().first()
    return _wish(row) if row else usual_wish(reader.role)


async def keep_wish(connection: AsyncConnection, user: str, wish: MailWish) -> None:
    values = {
        "has_digest": wish.has_digest,
        "hour": wish.hour,
        "weekdays": list(wish.weekdays),
        "is_told_at_once": wish.is_told_at_once,
        "language": wish.language,
    }
    new = insert(WishRow).values(user_id=user, **values)
    await connection.execute(new.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def told_of(connection: AsyncConnection, user: str) -> frozenset[str]:
    """The escalations that *user* has been told of."""
    return frozenset((await connection.execute(_TOLD_OF, {"user": user})).scalars())


async def lay_down(
    connection: AsyncConnection,
    reader: Reader,
    kind: MailKind,
    written: Written | None,
    now: datetime,
    on: date,
    about: Sequence[str] = (),
) -> None:
    """To be sent later, as it is now; None: there is nothing to tell.

    A second digest of the same day is none.
    """
    words = ("subject", "plain", "html", "sha256")
    values = {name: getattr(written, name, None) for name in words}
    state = MailState.WAITING if written else MailState.NOTHING
    row: dict[str, Any] = {
        "user_id": reader.actor.id,
        "kind": kind.value,
        "day": on,
        "about": list(about),
    }
    row |= {"state": state.value, "address": reader.address, "laid_at": now, "tries": 0}
    await connection.execute(insert(MailRow).values(row | values).on_conflict_do_nothing())


async def due_mails(connection: AsyncConnection, now: datetime, limit: int) -> Sequence[RowMapping]:
    """The oldest that wait and are not put off."""
    return (await connection.execute(_DUE, {"now": now, "limit": limit})).mappings().all()


async def settle(
    connection: AsyncConnection,
    mail_id: int,
    state: MailState,
    now: datetime,
    trouble: str | None = None,
) -> None:
    """It is sent, refused or given up; what it said is kept no longer, only its hash."""
    gone = {"plain": None, "html": None, "next_try_at": None}
    values = {"state": state.value, "settled_at": now, "trouble": trouble, **gone}
    await _change(connection, mail_id, values)


async def put_off(
    connection: AsyncConnection, mail_id: int, tries: int, now: datetime, trouble: str
) -> None:
    """*tries*: how many there were before this one."""
    at = now + PAUSES[min(tries, len(PAUSES) - 1)]
    await _change(connection, mail_id, {"next_try_at": at, "trouble": trouble})


async def _change(connection: AsyncConnection, mail_id: int, values: dict[str, Any]) -> None:
    changed = update(MailRow).where(MailRow.id == mail_id)
    await connection.execute(changed.values(tries=MailRow.tries + 1, **values))


async def latest_mails(connection: AsyncConnection, user: str) -> Sequence[RowMapping]:
    """What was sent to *user* lately, or was to be, the newest first."""
    return (await connection.execute(_LATEST, {"user": user, "limit": SHOWN})).mappings().all()


async def read_address(connection: AsyncConnection, user: str) -> str | None:
    """Where *user* is mailed, as the provider of sign-ins has told."""
    address: str | None = await connection.scalar(_ADDRESS, {"user": user})
    return address
