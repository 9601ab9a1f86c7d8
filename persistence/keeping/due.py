"""Which records need no longer be kept, and what keeps the others: asked in one way everywhere."""

import re
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.keeping.retention import KeptBecause, RecordKind

# Each tells `key`, `last_on` and `why`: what keeps the record, null when nothing does.
_CLAIMS = """
select c.id as key, coalesce(l.last_on, c.registered_on) as last_on, case
  when c.ending is null then 'live'
  when exists (select from holds h where h.claim_id = c.id and h.released_on is null
    and (h.until is null or h.until >= :on)) then 'hold'
  when exists (select from tasks t where t.claim_id = c.id and t.state = 'open'
    and t.kind = 'enquiry')
    or exists (select from consultations k where k.claim_id = c.id and k.state = 'open')
    then 'complaint'
  when exists (select from tasks t where t.claim_id = c.id and t.state = 'open') then 'open-task'
  when exists (select from payments p where p.unused_ore > 0 and (p.claim_id = c.id or p.id in (
      select e.payment_id from ledger_entries e where e.claim_id = c.id)))
    or exists (select from refunds r join ledger_entries e on e.payment_id = r.payment_id
      where e.claim_id = c.id and r.settled_on is null) then 'refund'
  when exists (select from agreement_claims a join agreements g on g.id = a.agreement_id
    where a.claim_id = c.id and g.state = 'active') then 'claims-kept'
  when c.ending = 'written-off' and c.limitation_date >= :on then 'limitation'
  when l.last_on >= :before then 'too-young' end as why
from claims c left join lateral (
  select greatest(c.ended_on, c.registered_on,
    (select max(e.booked_on) from ledger_entries e where e.claim_id = c.id),
    (select max(w.requested_on) from letters w where w.claim_id = c.id),
    (select max(n.written_on) from file_notes n where n.claim_id = c.id),
    (select max(a.attached_on) from attachments a where a.claim_id = c.id),
    (select max(m.received_on) from enquiry_messages m join enquiries q on q.id = m.enquiry_id
      where q.claim_id = c.id)) as last_on
) l on c.ending is not null
where c.erased_on is null"""
_PEOPLE = """
select d.id::text as key, l.last_on, case
  when exists (select from liabilities b join claims c on c.id = b.claim_id
    where b.debtor_id = d.id and c.erased_on is null and not exists (
      select from erasure_items i where i.erasure_id = :erasure and i.kind = 'claim'
        and i.key = c.id and i.state = 'waiting'))
    or exists (select from distraint_owners o join distraints x on x.id = o.distraint_id
      join claims c on c.id = x.claim_id where o.debtor_id = d.id and c.erased_on is null)
    then 'claims-kept'
  when exists (select from tasks t where t.debtor_id = d.id and t.state = 'open'
    and t.kind = 'enquiry') then 'complaint'
  when exists (select from tasks t where t.debtor_id = d.id and t.state = 'open') then 'open-task'
  when exists (select from refunds r where r.debtor_id = d.id and r.settled_on is null)
    then 'refund'
  when l.last_on >= :before then 'too-young' end as why
from debtors d cross join lateral (
  select greatest(d.registered_on,
    (select max(k.decided_on) from rectifications k where k.debtor_id = d.id),
    (select max(w.requested_on) from letters w where w.debtor_id = d.id),
    (select max(n.written_on) from file_notes n where n.debtor_id = d.id),
    (select max(a.attached_on) from attachments a where a.debtor_id = d.id),
    (select max(r.settled_on) from refunds r where r.debtor_id = d.id),
    (select max(m.received_on) from enquiry_messages m join enquiries q on q.id = m.enquiry_id
      where q.debtor_id = d.id)) as last_on
) l
where d.erased_on is null"""
_FILES = """
select f.id::text as key, f.received_on as last_on, case
  when f.state = 'received' then 'live'
  when exists (select from bank_lines n where n.file_id = f.id and n.outcome = 'waiting')
    then 'open-task'
  when exists (select from payments p where p.file_id = f.id and p.unused_ore > 0) then 'refund'
  when f.received_on >= :before then 'too-young' end as why
from files f
where f.erased_on is null"""
_QUESTIONS = {
    RecordKind.CLAIM: _CLAIMS,
    RecordKind.PERSON: _PEOPLE,
    RecordKind.FILE: _FILES,
}
_NUMBER = "cast(cast(:only as text) as bigint)"
_ONE = {
    RecordKind.CLAIM: " and c.id = :only",
    RecordKind.PERSON: f" and d.id = {_NUMBER}",
    RecordKind.FILE: f" and f.id = {_NUMBER}",
}
_LAY_DOWN = """
with found as materialized ({question}), laid as (
  insert into erasure_items (erasure_id, kind, key, last_on, state)
  select :erasure, :kind, key, last_on, 'waiting' from found where why is null
)
select coalesce(why, 'due') as why, count(*) as records from found group by 1"""
_TYPES = {
    "on": Date,
    "before": Date,
    "only": Text,
    "erasure": BigInteger,
    "kind": Text,
}


def named_in(sql: str) -> frozenset[str]:
    """The parameters that a statement asks for; the driver refuses others."""
    return frozenset(re.findall(r"(?<!:):([a-z_]+)", sql))


def _question(sql: str) -> TextClause:
    return text(sql).bindparams(*(bindparam(n, type_=_TYPES[n]) for n in sorted(named_in(sql))))


_LAID = {kind: _LAY_DOWN.format(question=sql) for kind, sql in _QUESTIONS.items()}
_ASKED = {kind: sql + _ONE[kind] for kind, sql in _QUESTIONS.items()}
_ASK = {kind: _question(sql) for kind, sql in _ASKED.items()}
_LAY = {kind: _question(sql) for kind, sql in _LAID.items()}


async def lay_down_due(
    connection: AsyncConnection, erasure_id: int, kind: RecordKind, before: date, on: date
) -> dict[str, int]:
    """Write down what is due as items of the erasure; how many, as ``due``, and those kept by why.

    People come after claims: who has none but those that are due is due too.
    """
    values = _values(_LAID[kind], before, on, erasure=erasure_id, kind=kind.value)
    found = await connection.execute(_LAY[kind], values)
    return {row.why: row.records for row in found}


async def what_keeps(
    connection: AsyncConnection, kind: RecordKind, key: str, before: date, on: date
) -> KeptBecause | None:
    """Asked anew before a record is erased. One that is erased already is kept by nothing."""
    values = _values(_ASKED[kind], before, on, erasure=0, only=key)
    found = (await connection.execute(_ASK[kind], values)).first()
    return KeptBecause(found.why) if found and found.why else None


def _values(sql: str, before: date, on: date, **more: Any) -> dict[str, Any]:
    named = named_in(sql)
    return {n: v for n, v in ({"on": on, "before": before} | more).items() if n in named}
