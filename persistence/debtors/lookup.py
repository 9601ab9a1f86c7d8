"""How people are found by their CPR or CVR number: a hash that is nobody's without our key.

Who reads a query, a log or a copy of an index learns no number from it. Without a key (a house
that was given none) the number itself is compared.
"""

import hashlib
import hmac
from collections.abc import Iterable

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.database import LOOKUP_KEY
from persistence.debtors.numbers import open_number, safe_of
from persistence.models import Debtor

_CHECK = "rettidig"  # What is hashed to tell one key from another; nobody has such a number.
_BATCH = 5000
_UNHASHED = (
    select(Debtor.id, Debtor.national_id, Debtor.sealed_number)
    .where(Debtor.national_id_hash.is_(None))
    .where(or_(Debtor.national_id.is_not(None), Debtor.sealed_number.is_not(None)))
    .order_by(Debtor.id)
    .limit(_BATCH)
    .with_for_update(skip_locked=True)
)
_HASH = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(national_id_hash=bindparam("national_id_hash"))
)


def lookup_hash(connection: AsyncConnection, digits: str) -> str | None:
    """None when this house has no key."""
    key = _key_of(connection)
    if not key:
        return None
    return hmac.new(key.encode(), digits.encode(), hashlib.sha256).hexdigest()


def lookup_check(connection: AsyncConnection) -> str | None:
    """By which two processes can see that they have the same key; None without one."""
    return lookup_hash(connection, _CHECK)


def lookup_values(connection: AsyncConnection, numbers: Iterable[str]) -> dict[str, list[str]]:
    """For a question that compares with *hashes* and, where there is no key, with *numbers*."""
    hashes = [lookup_hash(connection, digits) for digits in numbers]
    found = [one for one in hashes if one]
    return {"hashes": found, "numbers": [] if found else list(numbers)}


def is_numbered(connection: AsyncConnection, digits: str) -> ColumnElement[bool]:
    """Whether a debtor has that number."""
    if found := lookup_hash(connection, digits):
        return Debtor.national_id_hash == found
    return Debtor.national_id == digits


async def fill_hashes(connection: AsyncConnection) -> int:
    """Hash some of the numbers that came before the key; how many, nothing when all are hashed."""
    if not _key_of(connection):
        return 0
    safe = safe_of(connection)
    found = (await connection.execute(_UNHASHED)).mappings()
    rows = [
        {
            "debtor": row["id"],
            "national_id_hash": lookup_hash(connection, open_number(safe, row, "hashing")),
        }
        for row in found
    ]
    if rows:
        await connection.execute(_HASH, rows)
    return len(rows)


def _key_of(connection: AsyncConnection) -> str | None:
    sync = connection.sync_connection
    assert sync is not None
    found = sync.get_execution_options().get(LOOKUP_KEY)
    return str(found) if found else None
