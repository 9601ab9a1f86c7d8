"""What still stands in clear, or under an old key, is sealed with the newest, some at a time."""

from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, bindparam, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.debtors.lookup import lookup_check
from persistence.debtors.numbers import NoKeys, open_number, place_of, safe_of
from persistence.models import Debtor, NumberSealing, WebhookSecret
from persistence.telling.secrets import keep_secret, open_secret
from sealing.safe import Safe

_BATCH = 1000  # Rows that are locked at once: whoever registers waits some milliseconds for them.
_IS_EMPTY = text("select not exists (select from debtors)")
_BEGAN = select(NumberSealing.lookup_check)
_LEFT = text("""
select (select count(*) from debtors where national_id is not null)
    + (select count(*) from webhook_secrets where secret is not null)
    + (select count(*) from files where kind = 'claims' and sealed_key is null
      and length(content) > 0) as clear,
  (select count(*) from debtors where not starts_with(sealed_number, :current))
    + (select count(*) from webhook_secrets where not starts_with(sealed_secret, :current))
    + (select count(*) from files where sealed_key || ':' <> :current) as old,
  exists (select from number_sealing) as has_begun""")
_SEAL = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(national_id=None, sealed_number=bindparam("sealed"))
)


class Left(NamedTuple):
    """*clear*: so many numbers, secrets and files; *old*: closed with a key before the newest."""

    clear: int
    old: int
    has_begun: bool


class SealedSome(NamedTuple):
    """*last*: the id to go on after; None when none was left."""

    sealed: int
    last: int | None


async def count_left(connection: AsyncConnection) -> Left:
    safe = safe_of(connection)
    row = (await connection.execute(_LEFT, {"current": safe.current if safe else ""})).one()
    return Left(row.clear, row.old, row.has_begun)


async def begin_where_nobody_is(connection: AsyncConnection) -> None:
    """A house with keys and without people seals from the start: no older release knows it.

    Raises NoKeys where numbers are sealed and this process could not open them.
    """
    check = (await connection.execute(_BEGAN)).scalar()
    if check is None and safe_of(connection) and await connection.scalar(_IS_EMPTY):
        await begin(connection)
    elif check is not None and (safe_of(connection) is None or check != lookup_check(connection)):
        raise NoKeys("numbers are sealed here; RETTIDIG_RECORD_KEYS or RETTIDIG_LOOKUP_KEY differ")


async def begin(connection: AsyncConnection) -> None:
    """From now on nothing is written in clear. Every process must be of this release by then."""
    _safe(connection)
    values = {"lookup_check": lookup_check(connection)}
    await connection.execute(insert(NumberSealing).values(values).on_conflict_do_nothing())


async def seal_some(connection: AsyncConnection, after: int) -> SealedSome:
    """Some of the debtors with ids above *after*.

    What is done stays done: begun again, it goes on with what is left.
    """
    safe = _safe(connection)
    found = (
        select(Debtor.id, Debtor.national_id, Debtor.sealed_number)
        .where(
            Debtor.id > after,
            or_(Debtor.national_id.is_not(None), _is_old(Debtor.sealed_number, safe)),
        )
        .order_by(Debtor.id)
        .limit(_BATCH)
        .with_for_update()
    )
    rows = (await connection.execute(found)).mappings().all()
    sealed = [
        {
            "debtor": row["id"],
            "sealed": safe.close(open_number(safe, row, "sealing"), place_of(row["id"])),
        }
        for row in rows
    ]
    if sealed:
        await connection.execute(_SEAL, sealed)
    return SealedSome(len(rows), rows[-1]["id"] if rows else None)


async def seal_secrets(connection: AsyncConnection) -> None:
    """All those that other systems' messages are signed with: they are few."""
    safe = _safe(connection)
    is_old = _is_old(WebhookSecret.sealed_secret, safe)
    found = (
        select(WebhookSecret.id, WebhookSecret.secret, WebhookSecret.sealed_secret)
        .where(or_(WebhookSecret.secret.is_not(None), is_old))
        .with_for_update()
    )
    for row in (await connection.execute(found)).mappings().all():
        await keep_secret(connection, row["id"], open_secret(connection, row))


def _is_old(column: Any, safe: Safe) -> ColumnElement[bool]:
    return ~func.starts_with(column, safe.current, type_=Boolean)


def _safe(connection: AsyncConnection) -> Safe:
    """Raises NoKeys."""
    safe = safe_of(connection)
    if safe is None or lookup_check(connection) is None:
        raise NoKeys("RETTIDIG_RECORD_KEYS and RETTIDIG_LOOKUP_KEY must be set")
    return safe
