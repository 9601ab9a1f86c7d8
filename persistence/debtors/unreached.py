"""Whom no letter reaches, whatever it says."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

IS_UNREACHED = """(d.status in ('dead', 'dissolved')
  or cardinality(d.address) = 0 and not d.is_protected)"""
"""In SQL: whether the debtor *d* is gone, or lives nowhere that we know of."""

_AMONG = text(f"select d.id from debtors d where d.id = any(:debtors) and {IS_UNREACHED}")


async def unreached_among(connection: AsyncConnection, debtor_ids: Collection[int]) -> set[int]:
    found = await connection.execute(_AMONG, {"debtors": sorted(debtor_ids)})
    return set(found.scalars())
