"""How people become known here: each number is one debtor, whoever names it and how often."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.identity import NationalId
from persistence.debtors.lookup import lookup_check, lookup_hash
from persistence.debtors.numbers import NoKeys, place_of, safe_of
from sealing.safe import Safe


class Person(NamedTuple):
    national_id: NationalId
    name: str
    address: Sequence[str]


_COLUMNS = "kind, name, address, registered_on"
_TOLD = (
    "select {of} r.kind, r.name, r.address, :on from jsonb_to_recordset(:rows) as r(id bigint,"
    " number text, hash text, kind text, name text, address text[]) order by"
)
# What a person has put right does not go wrong again because somebody tells the old (0048).
_AS_TOLD_NOW = ", ".join(
    f"{fact} = case when debtors.overruled -> '{fact}' is null then excluded.{fact}"
    f" else debtors.{fact} end"
    for fact in ("name", "address")
)
_AS_WE_HAVE_IT = "kind = debtors.kind"


def _in_clear(latest: str) -> TextClause:
    return _asked(f"""
insert into debtors (national_id, national_id_hash, {_COLUMNS})
{_TOLD.format(of="r.number, r.hash,")} r.number
on conflict (national_id) do update set {latest}, national_id_hash = excluded.national_id_hash
returning id, national_id as number""")


def _sealed(latest: str) -> TextClause:
    return _asked(f"""
insert into debtors (id, sealed_number, national_id_hash, {_COLUMNS}) overriding system value
{_TOLD.format(of="r.id, r.number, r.hash,")} r.hash
on conflict (national_id_hash) do update set {latest}
returning id, national_id_hash as number""")


def _asked(statement: str) -> TextClause:
    return text(statement).bindparams(bindparam("rows", type_=JSONB))


_KNOW = {is_sealed: how(_AS_TOLD_NOW) for is_sealed, how in ((False, _in_clear), (True, _sealed))}
_NAME = {is_sealed: how(_AS_WE_HAVE_IT) for is_sealed, how in ((False, _in_clear), (True, _sealed))}

# A number is sealed for its row, so the row's id comes first.
_ROOM = text("""
select nextval(pg_get_serial_sequence('debtors', 'id')) as id,
  (select lookup_check from number_sealing) as lookup_check from generate_series(1, :count)""")


async def know(
    connection: AsyncConnection, people: Iterable[Person], on: date
) -> dict[NationalId, int]:
    """Their ids, new or known; name and address are as they are told now, by the last, but where
    a person has put them right.
    """
    return await _enter(connection, people, on, _KNOW)


async def name(connection: AsyncConnection, person: Person, on: date) -> int:
    """As `know`, but whoever is known keeps the name and address that we have of them."""
    return (await _enter(connection, [person], on, _NAME))[person.national_id]


async def _enter(
    connection: AsyncConnection,
    people: Iterable[Person],
    on: date,
    statements: dict[bool, TextClause],
) -> dict[NationalId, int]:
    """In the order of their numbers, so that two files at once wait for each other in one order."""
    told = {person.national_id: person for person in people}
    if not told:
        return {}
    ids = await _room(connection, len(told))
    safe = safe_of(connection) if ids else None
    rows = [_row(connection, person, safe, id_) for person, id_ in
            zip(told.values(), ids or [0] * len(told), strict=True)]  # fmt: skip
    found = await connection.execute(statements[safe is not None], {"rows": rows, "on": on})
    numbers = {row.number: row.id for row in found}
    key = "hash" if safe else "number"
    return {number: numbers[row[key]] for number, row in zip(told, rows, strict=True)}


async def _room(connection: AsyncConnection, count: int) -> list[int]:
    """Ids for so many; none while numbers come in in clear. Raises NoKeys when ours are others."""
    if safe_of(connection) is None:
        return []
    rows = (await connection.execute(_ROOM, {"count": count})).all()
    check = rows[0].lookup_check
    if check is not None and check != lookup_check(connection):
        raise NoKeys("numbers are looked up here with another key")
    return [row.id for row in rows] if check is not None else []


def _row(
    connection: AsyncConnection, person: Person, safe: Safe | None, id_: int
) -> dict[str, Any]:
    digits = person.national_id.digits
    return {
        "id": id_,
        "number": safe.close(digits, place_of(id_)) if safe else digits,
        "hash": lookup_hash(connection, digits),
        "kind": person.national_id.kind,
        "name": person.name,
        "address": list(person.address),
    }
