"""How people are found by their CPR or CVR number: a hash that is nobody's without our key.

Who reads a query, a log or a copy of an index learns no number from it. Without a key (a house
that was given none) the number itself is compared.
"""

import hashlib
import hmac

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from persistence.database import LOOKUP_KEY
from persistence.models import Debtor

_BATCH = 5000
_UNHASHED = (
    select(Debtor.id, Debtor.national_id)
    .where(Debtor.national_id_hash.is_(None))
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


def is_numbered(connection: AsyncConnection, digits: str) -> ColumnElement[bool]:
    """Whether a debtor has that number."""
    if found := lookup_hash(connection, digits):
        return Debtor.national_id_hash == found
    return Debtor.national_id == digits


async def fill_hashes(connection: AsyncConnection) -> int:
    """Hash some of the numbers that came before the key; how many, nothing when all are hashed."""
    if not _key_of(connection):
        return 0
    rows = [
        {"debtor": debtor, "national_id_hash": lookup_hash(connection, digits)}
        for debtor, digits in await connection.execute(_UNHASHED)
    ]
    if rows:
        await connection.execute(_HASH, rows)
    return len(rows)


def _key_of(connection: AsyncConnection) -> str | None:
    sync = connection.sync_connection
    assert sync is not None
    found = sync.get_execution_options().get(LOOKUP_KEY)
    return str(found) if found else None
