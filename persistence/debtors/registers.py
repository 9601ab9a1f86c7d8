"""Who the debtors are and where they live, as the registers last told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor
from domain.errors import NotFound
from persistence.debtors.lookup import lookup_check, lookup_hash
from persistence.models import Debtor
from persistence.trail.audit import note

# Only what has changed is written: most of a town stays where it is.
_HEED = """
update debtors set name = :name, address = :address, is_protected = :is_protected,
  status = :status
where {column} = :number and (name, address, is_protected, status)
  is distinct from (:name, cast(:address as text[]), :is_protected, :status)"""
_HEED_BY_HASH = text(_HEED.format(column="national_id_hash"))
_HEED_BY_NUMBER = text(_HEED.format(column="national_id"))


async def heed_registers(connection: AsyncConnection, entries: Sequence[Any]) -> None:
    """*entries* as the port of the registers has them; an empty address changes none we have."""
    rows = [
        {
            "number": lookup_hash(connection, entry.national_id) or entry.national_id,
            "name": entry.name,
            "address": list(entry.address),
            "is_protected": entry.is_protected,
            "status": entry.status.value,
        }
        for entry in entries
    ]
    if rows:
        has_key = lookup_check(connection) is not None
        await connection.execute(_HEED_BY_HASH if has_key else _HEED_BY_NUMBER, rows)


async def write_in_language(
    connection: AsyncConnection, debtor_id: int, language: str, actor: Actor
) -> None:
    """From now on the debtor's letters are in *language* (da or en). Raises NotFound."""
    chosen = update(Debtor).where(Debtor.id == debtor_id).values(language=language)
    if not (await connection.execute(chosen.returning(Debtor.id))).first():
        raise NotFound("debtor", debtor_id)
    subject = f"debtor-{debtor_id}"
    await note(connection, subject, actor.id, "language-chosen", language=language)
