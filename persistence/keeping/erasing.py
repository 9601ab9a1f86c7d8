"""An approved erasure carried out, a handful at a time, until its proof can be written."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.keeping.retention import ItemState, RecordKind
from persistence.debtors.forgetting import forget_debtor
from persistence.keeping.due import named_in, what_keeps
from persistence.keeping.trail_words import erase_trail_words
from persistence.keeping.words import OF_A_CLAIM, OF_A_FILE, OF_A_PERSON, Wipe
from persistence.trail.audit import note

_TYPES: dict[str, Any] = {"key": Text, "number": BigInteger, "on": Date}
_NAME = text("select set_config('rettidig.erasure', :erasure, true)")
_TAKE = text("""
select id, as_of, rules, rows_erased from erasures where state = 'approved' for update""")
_ITEMS = text("""
select kind, key from erasure_items where erasure_id = :erasure and state = 'waiting'
order by array_position(array['claim', 'person', 'file'], kind), key limit :at_once""")
_LOCK = {
    RecordKind.CLAIM: text("select id from claims where id = :key for update"),
    RecordKind.PERSON: text(
        "select id from debtors where id = cast(cast(:key as text) as bigint) for update"
    ),
    RecordKind.FILE: text(
        "select id from files where id = cast(cast(:key as text) as bigint) for update"
    ),
}
_SETTLE = text("""
update erasure_items set state = :state, why = :why
where erasure_id = :erasure and kind = :kind and key = :key""")
_COUNT = text("update erasures set rows_erased = :rows where id = :erasure").bindparams(
    bindparam("rows", type_=JSONB)
)
_FINISH = text("""
update erasures set state = 'done', done_at = now(), ids_sha256 = (
  select encode(sha256(convert_to(coalesce(string_agg(kind || '-' || key, ' ' order by kind, key),
    ''), 'UTF8')), 'hex') from erasure_items where erasure_id = :erasure and state = 'erased')
where id = :erasure returning ids_sha256, rows_erased""")


def _statement(wipe: Wipe) -> tuple[str, TextClause, frozenset[str]]:
    named = named_in(wipe.sql)
    binds: list[Any] = [bindparam(name, type_=_TYPES[name]) for name in sorted(named)]
    return wipe.table, text(wipe.sql).bindparams(*binds), named


_WIPES = {
    RecordKind.CLAIM: [_statement(wipe) for wipe in OF_A_CLAIM],
    RecordKind.PERSON: [_statement(wipe) for wipe in OF_A_PERSON],
    RecordKind.FILE: [_statement(wipe) for wipe in OF_A_FILE],
}


async def erase_some(connection: AsyncConnection, at_once: int, on: date) -> int:
    """Erase a handful of what is approved, all in one transaction; how many items were settled.

    0: nothing is left to do. What is killed in between is done again.
    """
    erasure = (await connection.execute(_TAKE)).first()
    if erasure is None:
        return 0
    await connection.execute(_NAME, {"erasure": str(erasure.id)})
    values = {"erasure": erasure.id, "at_once": at_once}
    items = (await connection.execute(_ITEMS, values)).all()
    rows = Counter(erasure.rows_erased)
    for item in items:
        rows += await _settle(connection, erasure, RecordKind(item.kind), item.key, on)
    await connection.execute(_COUNT, {"erasure": erasure.id, "rows": dict(rows)})
    if len(items) < at_once:
        await _finish(connection, erasure.id)
    return len(items)


async def _settle(
    connection: AsyncConnection, erasure: Any, kind: RecordKind, key: str, on: date
) -> Counter[str]:
    """It is asked anew what keeps it: much may have happened since it was approved."""
    await connection.execute(_LOCK[kind], {"key": key})
    before = next(rule["before"] for rule in erasure.rules if rule["kind"] == kind)
    why = await what_keeps(connection, kind, key, date.fromisoformat(before), on)
    rows = await _erase(connection, erasure.id, kind, key, on) if why is None else Counter()
    state = ItemState.KEPT if why else ItemState.ERASED
    settled = {"erasure": erasure.id, "kind": kind.value, "key": key, "state": state.value}
    await connection.execute(_SETTLE, settled | {"why": why and why.value})
    return rows


async def _erase(
    connection: AsyncConnection, erasure_id: int, kind: RecordKind, key: str, on: date
) -> Counter[str]:
    """Rows by table."""
    known = {"key": key, "on": on} | ({"number": int(key)} if key.isdecimal() else {})
    rows: Counter[str] = Counter()
    for table, statement, named in _WIPES[kind]:
        done = await connection.execute(statement, {name: known[name] for name in named})
        rows[table] += done.rowcount
    if kind is RecordKind.PERSON:
        await forget_debtor(connection, int(key), on)
        rows["debtors"] += 1
    if kind is not RecordKind.FILE:
        rows += await erase_trail_words(connection, erasure_id, kind, key)
    return +rows


async def _finish(connection: AsyncConnection, erasure_id: int) -> None:
    proof = (await connection.execute(_FINISH, {"erasure": erasure_id})).one()
    facts = {"ids": proof.ids_sha256, "rows": proof.rows_erased}
    await note(connection, f"erasure-{erasure_id}", HOUSE.id, "erasure-done", **facts)
