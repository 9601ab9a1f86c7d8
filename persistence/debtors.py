"""Who the debtors are and where they live, as the registers last told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Only what has changed is written: most of a town stays where it is.
_HEED = text("""
update debtors set name = :name, address = :address, is_protected = :is_protected,
  status = :status
where national_id = :national_id and (name, address, is_protected, status)
  is distinct from (:name, cast(:address as text[]), :is_protected, :status)""")


async def heed_registers(connection: AsyncConnection, entries: Sequence[Any]) -> None:
    """*entries* as the port of the registers has them; an empty address changes none we have."""
    rows = [
        {
            "national_id": entry.national_id,
            "name": entry.name,
            "address": list(entry.address),
            "is_protected": entry.is_protected,
            "status": entry.status.value,
        }
        for entry in entries
    ]
    if rows:
        await connection.execute(_HEED, rows)
