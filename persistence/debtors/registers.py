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

# Only what has changed is written: most of a town stays where it is. What stands by hand stands
# until the registers tell something else than what was overruled; asked of the row itself, so that
# a correction of the same moment is seen.
_STANDS = "d.overruled -> '{fact}' = to_jsonb({told})"
_NAME, _ADDRESS, _PROTECTION = (
    _STANDS.format(fact=fact, told=told)
    for fact, told in (
        ("name", "t.name"), ("address", "t.address"), ("protection", "t.is_protected")
    )
)  # fmt: skip
_HEED = f"""
update debtors d set status = t.status,
  name = case when {_NAME} then d.name else t.name end,
  address = case when {_ADDRESS} then d.address else t.address end,
  is_protected = case when {_PROTECTION} then d.is_protected else t.is_protected end,
  protected_until = case when {_PROTECTION} then d.protected_until
    when t.is_protected then coalesce(t.protected_until, d.protected_until) end,
  overruled = d.overruled - array_remove(array[
    case when not {_NAME} then 'name' end, case when not {_ADDRESS} then 'address' end,
    case when not {_PROTECTION} then 'protection' end], null)
from (select cast(:name as text) as name, cast(:address as text[]) as address,
  cast(:is_protected as boolean) as is_protected, cast(:until as date) as protected_until,
  cast(:status as text) as status) t
where d.{{column}} = :number and (d.overruled <> '{{{{}}}}'
  or (d.name, d.address, d.is_protected, d.status, d.protected_until) is distinct from
    (t.name, t.address, t.is_protected, t.status, coalesce(t.protected_until, d.protected_until)))
"""
_HEED_BY_HASH = text(_HEED.format(column="national_id_hash"))
_HEED_BY_NUMBER = text(_HEED.format(column="national_id"))


async def heed_registers(connection: AsyncConnection, entries: Sequence[Any]) -> None:
    """*entries* as the port of the registers has them; what a person overruled changes nothing."""
    rows = [
        {
            "number": lookup_hash(connection, entry.national_id) or entry.national_id,
            "name": entry.name,
            "address": list(entry.address),
            "is_protected": entry.is_protected,
            "until": entry.protected_until,
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
