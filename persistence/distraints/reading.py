"""What the bailiff looks at: what waits for a hearing, the hearings of a week, one proceeding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.columns import every
from persistence.distraints.owners import owners_of, properties_of
from persistence.models import Distraint

_DEBTORS = """
(select jsonb_agg(jsonb_build_object('id', e.id, 'name', e.name, 'address', e.address)
    order by e.id <> c.debtor_id, e.id)
  from liabilities b join debtors e on e.id = b.debtor_id where b.claim_id = c.id)"""

_LAST = """
join lateral (select * from distraint_hearings where distraint_id = d.id
  order by number desc limit 1) h on true"""

_WAITING = text(f"""
select t.id as task_id, t.opened_on, t.due_on, t.claimed_by, u.name as claimed_by_name, c.id,
  c.claim_type, c.balance_ore, c.due_date, c.period_start, c.period_end, {_DEBTORS} as debtors,
  exists (select from holds o where o.claim_id = c.id and o.released_on is null
    and (o.until is null or o.until >= :on)) as is_held
from tasks t join claims c on c.id = t.claim_id left join users u on u.id = t.claimed_by
where t.kind = 'distraint' and t.state = 'open'
  and not exists (select from distraints d where d.claim_id = c.id and d.task_key = t.key)
order by c.due_date, c.id limit 200""").columns(debtors=JSONB)

_HEARINGS = text(f"""
select d.id, c.id as claim_id, c.claim_type, c.balance_ore, h.starts_at, h.place, h.is_outside,
  h.expected_ore, h.court_fee_ore, d.bailiff, u.name as bailiff_name, m.outcome, t.state,
  (select count(*) from letters l where l.subject = c.id and l.dispatched_on is null
    and l.state <> 'cancelled' and l.key = 'hearing-' || d.id || '-' || h.number) as untold,
  {_DEBTORS} as debtors
from distraints d {_LAST} join claims c on c.id = d.claim_id join users u on u.id = d.bailiff
join tasks t on t.subject = d.claim_id and t.key = d.task_key
left join distraint_minutes m on m.distraint_id = d.id
where h.starts_at >= :first and h.starts_at < :after and d.called_off_on is null
  and (t.state = 'open' or m.id is not null)
order by h.starts_at, d.id limit 500""").columns(debtors=JSONB)

# What may be lost: the priority right of what is being enforced, and what has been taken.
_LIENS = text(f"""
select c.id as claim_id, c.due_date, c.balance_ore, c.claim_type, d.id, d.ordered_on,
  a.done_on as notified_on, t.id as task_id, {_DEBTORS} as debtors
from tasks t join claims c on c.id = t.claim_id
left join distraints d on d.claim_id = c.id and d.task_key = t.key
left join lateral (select done_on from acts where subject = c.id
  and starts_with(key, 'distraint-notice-') order by id desc limit 1) a on true
where t.kind = 'distraint' and t.state = 'open' order by c.due_date, c.id limit 500
""").columns(debtors=JSONB)
_TAKEN = text(f"""
select d.id, c.id as claim_id, c.claim_type, c.balance_ore, c.ending, m.outcome, m.held_on,
  (select jsonb_agg(jsonb_build_object('kind', s.kind, 'description', s.description,
      'value_ore', s.value_ore) order by s.id) from distraint_assets s where s.minutes_id = m.id)
    as assets,
  exists (select from tasks o join decisions x on x.task_id = o.id where o.claim_id = c.id
    and o.kind = 'after-distraint' and x.outcome = 'released') as is_released,
  exists (select from distraint_notes n where n.distraint_id = d.id
    and n.event = 'cancelled-in-register') as is_cancelled, {_DEBTORS} as debtors
from distraint_minutes m join distraints d on d.id = m.distraint_id
join claims c on c.id = d.claim_id
where m.outcome in ('property-taken', 'assets-taken') order by m.held_on, d.id limit 1000
""").columns(assets=JSONB, debtors=JSONB)

_ONE = text(f"""
select {every(Distraint, "d")},
  u.name as bailiff_name, c.claim_type, c.description, c.balance_ore, c.due_date,
  c.last_timely_payment_date, c.period_start, c.period_end, c.ending, c.limitation_date, c.stage,
  h.id as hearing_id, h.number, h.starts_at, h.place, h.is_outside, h.expected_ore,
  h.court_fee_ore, t.id as task_id, t.state as task_state, t.claimed_by, x.outcome as decided,
  m.id as minutes_id, m.outcome, m.text, m.present, m.owed_ore, m.held_on,
  w.name as held_by_name, k.amount_ore as charged_court_fee_ore, f.amount_ore as fee_ore,
  (select jsonb_agg(jsonb_build_object('kind', s.kind, 'description', s.description,
      'value_ore', s.value_ore) order by s.id) from distraint_assets s where s.minutes_id = m.id)
    as assets, {_DEBTORS} as debtors
from distraints d {_LAST} join claims c on c.id = d.claim_id join users u on u.id = d.bailiff
join tasks t on t.subject = d.claim_id and t.key = d.task_key
left join decisions x on x.task_id = t.id
left join distraint_minutes m on m.distraint_id = d.id left join users w on w.id = m.held_by
left join ledger_entries k on k.id = m.court_fee_entry_id
left join ledger_entries f on f.id = d.fee_entry_id
where d.id = :distraint""").columns(assets=JSONB, debtors=JSONB)
_TOLD = text("""
select l.id, l.key, l.letter, l.debtor_id, e.name, l.state, l.planned_on, l.dispatched_on,
  l.delivered_on
from letters l join debtors e on e.id = l.debtor_id
where l.claim_id = :claim and (starts_with(l.key, 'distraint-notice-')
  or starts_with(l.key, 'hearing-' || cast(:distraint as bigint) || '-')
  or l.key = 'hearing-off-' || cast(:distraint as bigint)) order by l.id""")
_SET = text("""
select h.number, h.starts_at, h.place, h.is_outside, h.reason, h.is_adjourned, h.set_on, u.name
from distraint_hearings h join users u on u.id = h.set_by
where h.distraint_id = :distraint order by h.number""")
_NOTED = text("""
select n.event, n.happened_on, n.text, u.name from distraint_notes n
join users u on u.id = n.noted_by where n.distraint_id = :distraint order by n.id""")
_NEXT = text("""
select t.id, t.state, x.outcome, x.look_again_on, x.reasons, x.decided_at, u.name
from tasks t left join decisions x on x.task_id = t.id left join users u on u.id = x.decided_by
where t.claim_id = :claim and t.kind = 'after-distraint' order by t.id""")
_OF_TASK = text("""
select d.id from distraints d join tasks t on t.subject = d.claim_id and t.key = d.task_key
where t.id = :task""")


@dataclass(frozen=True, slots=True)
class Proceeding:
    """One distraint, with who has been told, what was set and noted, and the questions after.

    *owners* are those of the *properties* it is about.
    """

    row: RowMapping
    letters: Sequence[RowMapping]
    hearings: Sequence[RowMapping]
    notes: Sequence[RowMapping]
    questions: Sequence[RowMapping]
    owners: Sequence[RowMapping]
    properties: Sequence[RowMapping]


async def read_waiting(connection: AsyncConnection, on: date) -> Sequence[RowMapping]:
    """The claims for which a hearing is to be set, the oldest first."""
    return (await connection.execute(_WAITING, {"on": on})).mappings().all()


async def read_hearings(
    connection: AsyncConnection, first: datetime, after: datetime
) -> Sequence[RowMapping]:
    """Those that stand and those that were held, by the hour, before *after*."""
    values = {"first": first, "after": after}
    return (await connection.execute(_HEARINGS, values)).mappings().all()


async def read_liens(connection: AsyncConnection) -> Sequence[RowMapping]:
    return (await connection.execute(_LIENS)).mappings().all()


async def read_taken(connection: AsyncConnection) -> Sequence[RowMapping]:
    return (await connection.execute(_TAKEN)).mappings().all()


async def read_distraint(connection: AsyncConnection, distraint_id: int) -> Proceeding:
    """Raises NotFound."""
    found = await connection.execute(_ONE, {"distraint": distraint_id})
    row = found.mappings().first()
    if row is None:
        raise NotFound("distraint", distraint_id)
    about = {"claim": row["claim_id"], "distraint": distraint_id}
    return Proceeding(
        row,
        await _all(connection, _TOLD, about),
        await _all(connection, _SET, {"distraint": distraint_id}),
        await _all(connection, _NOTED, {"distraint": distraint_id}),
        await _all(connection, _NEXT, {"claim": row["claim_id"]}),
        await owners_of(connection, distraint_id),
        await properties_of(connection, distraint_id),
    )


async def distraint_of(connection: AsyncConnection, task_id: int) -> int | None:
    """The proceeding that the task has led to."""
    found = (await connection.execute(_OF_TASK, {"task": task_id})).scalar()
    return int(found) if found is not None else None


async def _all(
    connection: AsyncConnection, query: Any, values: Mapping[str, Any]
) -> Sequence[RowMapping]:
    return (await connection.execute(query, dict(values))).mappings().all()
