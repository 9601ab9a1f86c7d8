"""CPR and CVR numbers in the tables: sealed for the row they stand in, and opened here alone.

A house without keys keeps them in clear, and so does one whose numbers are not sealed yet: the
previous release, which reads and writes the column in clear, may still run beside us. Who runs the
house ends that (`persistence.debtors.sealing_numbers`).
"""

from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Unavailable
from persistence.database import SAFE
from persistence.models import Debtor
from sealing.keys import CannotOpen
from sealing.safe import Safe

_log = structlog.get_logger()
_FORGET = (
    update(Debtor)
    .where(Debtor.id == bindparam("debtor"))
    .values(national_id=None, sealed_number=None, national_id_hash=None)
)


class NoKeys(Unavailable):
    """What is sealed here does not open: this process has no keys or others, or it was tampered
    with. What asked for it waits until that is mended."""


def safe_of(connection: AsyncConnection) -> Safe | None:
    """None when this house has no keys for what stands in its tables."""
    sync = connection.sync_connection
    assert sync is not None
    safe: Safe | None = sync.get_execution_options().get(SAFE)
    return safe


def place_of(debtor_id: int) -> str:
    """Where a debtor's number stands, and nowhere else can it be opened."""
    return f"debtors.sealed_number {debtor_id}"


def open_number(safe: Safe | None, row: Any, why: str, debtor: str = "id") -> str:
    """The digits; empty when they are forgotten. *row* has both columns, and the id as *debtor*.

    *why* is a word of the code: how often numbers are opened for it is counted. Raises NoKeys.
    """
    if not row["sealed_number"]:
        return row["national_id"] or ""
    return open_sealed(safe, row["sealed_number"], place_of(row[debtor]), why)


def open_sealed(safe: Safe | None, sealed: str, place: str, why: str) -> str:
    """Raises NoKeys."""
    try:
        if safe is not None:
            return safe.open(sealed, place, why)
    except CannotOpen:
        pass
    _log.error("cannot be opened", place=place, why=why)
    raise NoKeys(f"{place} cannot be opened")


def with_numbers(
    connection: AsyncConnection, rows: Iterable[Any], why: str, debtor: str = "id"
) -> list[Any]:
    """As `open_number`: the rows, as mappings, with their ``national_id`` open."""
    safe = safe_of(connection)
    opened = [
        {name: value for name, value in row.items() if name != "sealed_number"}
        | {"national_id": open_number(safe, row, why, debtor)}
        for row in rows
    ]
    _log.debug("numbers opened", why=why, count=len(opened))
    return opened


async def forget_number(connection: AsyncConnection, debtor_id: int) -> None:
    """The number is gone, and its hash: nobody can say whose it was, or find them by it."""
    await connection.execute(_FORGET, {"debtor": debtor_id})
