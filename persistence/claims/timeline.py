"""All that has happened about one claim, in the order of time, whichever table keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

# A claim, and the agreements that cover or covered it.
SUBJECTS = """subjects as (
  select :claim as subject
  union select d.agreement_id from tasks t join decisions d on d.task_id = t.id
    where t.claim_id = :claim and d.agreement_id is not null
  union select h.note from holds h where h.claim_id = :claim and h.reason = 'agreement'
  union select c.agreement_id from claims c where c.id = :claim and c.agreement_id is not null
)"""

# On one day, *place* puts cause before effect: letters, money, questions, answers, the end.
# An agreement's acts and letters belong to each of the claims it covers or covered.
_EVENTS = text(f"""
with {SUBJECTS}, events as (
  select c.registered_on as "on", 0 as place, 0 as id, 'registered' as name, '' as reason,
      jsonb_build_object('source', c.source) as facts
    from claims c where c.id = :claim
  union all
  select a.done_on, case a.kind when 'task' then 7 when 'close' then 13 else 11 end, a.id,
      'act-' || a.kind, '',
      a.facts || jsonb_build_object('key', a.key, 'deadline', a.deadline, 'task', t.kind,
        'task_id', t.id)
    from acts a join subjects s on s.subject = a.subject
      left join tasks t on t.subject = a.subject and t.key = a.key
    where a.kind <> 'letter' or not exists
      (select from letters l where l.subject = a.subject and l.key = a.key)
  union all
  select l.requested_on, 2, l.id, 'letter-' || case l.state
        when 'cancelled' then 'cancelled' when 'undelivered' then 'undelivered'
        else 'requested' end, '',
      jsonb_build_object('letter', l.letter, 'planned', l.planned_on, 'channel', l.channel,
        'debtor', b.name, 'key', l.key, 'letter_id', l.id)
    from letters l join subjects s on s.subject = l.subject join debtors b on b.id = l.debtor_id
  union all
  select l.dispatched_on, 3, l.id, 'letter-dispatched', '',
      jsonb_build_object('letter', l.letter, 'deadline', l.deadline, 'channel', l.channel,
        'debtor', b.name, 'key', l.key, 'letter_id', l.id)
    from letters l join subjects s on s.subject = l.subject join debtors b on b.id = l.debtor_id
    where l.dispatched_on is not null
  union all
  select l.delivered_on, 4, l.id, 'letter-delivered', '',
      jsonb_build_object('letter', l.letter, 'channel', l.channel, 'debtor', b.name, 'key', l.key,
        'letter_id', l.id)
    from letters l join subjects s on s.subject = l.subject join debtors b on b.id = l.debtor_id
    where l.delivered_on is not null
  union all
  select min(e.effective_on), 5, min(e.id), 'payment', coalesce(max(p.text), ''),
      jsonb_build_object('amount_ore', -sum(e.amount_ore), 'payer', coalesce(max(p.payer), ''),
        'booked', min(e.booked_on), 'legal_basis', max(e.legal_basis),
        'payment_id', max(e.payment_id))
    from ledger_entries e left join payments p on p.id = e.payment_id
    where e.claim_id = :claim
      and (e.kind = 'payment' or e.kind = 'refund' and e.rule = 'paid-earlier')
    group by coalesce(e.payment_id, -e.id)
  union all
  select e.booked_on, 6, e.id, case when e.facts ? 'corrects' then 'correction-' || e.rule
        when e.kind = 'correction' then 'correction-' || k.kind else e.kind end,
      coalesce(e.facts ->> 'reasons', ''),
      jsonb_build_object('amount_ore', abs(e.amount_ore), 'legal_basis', e.legal_basis,
        'payment_id', e.payment_id)
    from ledger_entries e left join ledger_entries k on k.id = e.corrects_id
    where e.claim_id = :claim and (e.kind = 'charge-back' or e.corrects_id is not null
      or e.kind = 'refund' and e.rule <> 'paid-earlier')
  union all
  select (d.decided_at at time zone 'Europe/Copenhagen')::date, 8, d.id, 'decision', d.reasons,
      jsonb_build_object('task', t.kind, 'outcome', d.outcome, 'person', u.name,
        'until', d.look_again_on, 'agreement', d.agreement_id, 'key', t.key,
        'decision_id', d.id, 'task_id', t.id)
    from decisions d join tasks t on t.id = d.task_id join users u on u.id = d.decided_by
    where t.claim_id = :claim
  union all
  select h.since, 9, h.id, 'hold', h.note,
      jsonb_build_object('hold', h.reason, 'until', h.until, 'person', h.placed_by)
    from holds h where h.claim_id = :claim
  union all
  select h.released_on, 10, h.id, 'release', '',
      jsonb_build_object('hold', h.reason, 'person', h.released_by)
    from holds h where h.claim_id = :claim and h.released_on is not null
  union all
  select r.requested_on, 12, r.id, 'reported', '',
      jsonb_build_object('action', r.kind, 'state', r.state, 'amount_ore', r.amount_ore)
    from recovery_actions r where r.claim_id = :claim
  union all
  select n.noticed_on, 6, n.number, 'notice', n.text,
      jsonb_build_object('notice', n.kind, 'code', n.code, 'amount_ore', n.amount_ore)
    from recovery_notices n where n.claim_id = :claim
  union all
  select h.set_on, 1, h.id, case when h.is_adjourned then 'hearing-adjourned'
        when h.number = 1 then 'hearing-set' else 'hearing-moved' end,
      h.reason, jsonb_build_object('person', u.name, 'place', h.place, 'distraint_id', d.id,
        'heard', (h.starts_at at time zone 'Europe/Copenhagen')::date,
        'hour', to_char(h.starts_at at time zone 'Europe/Copenhagen', 'HH24.MI'))
    from distraint_hearings h join distraints d on d.id = h.distraint_id
      join users u on u.id = h.set_by where d.claim_id = :claim
  union all
  select d.called_off_on, 7, d.id, 'hearing-called-off', '',
      jsonb_build_object('distraint_id', d.id)
    from distraints d where d.claim_id = :claim and d.called_off_on is not null
  union all
  select m.held_on, 7, m.id, 'hearing-held', coalesce((select string_agg(a.description, ', '
        order by a.id) from distraint_assets a where a.minutes_id = m.id), m.text),
      jsonb_build_object('person', u.name, 'outcome', m.outcome, 'distraint_id', d.id)
    from distraint_minutes m join distraints d on d.id = m.distraint_id
      join users u on u.id = m.held_by where d.claim_id = :claim
  union all
  select n.happened_on, 9, n.id, 'distraint-noted', n.text,
      jsonb_build_object('person', u.name, 'event', n.event, 'distraint_id', d.id)
    from distraint_notes n join distraints d on d.id = n.distraint_id
      join users u on u.id = n.noted_by where d.claim_id = :claim
  union all
  select f.written_on, 14, f.id, 'note', f.text,
      jsonb_build_object('note', f.kind, 'person', u.name, 'note_id', f.id)
    from file_notes f join users u on u.id = f.author where f.claim_id = :claim
  union all
  select b.attached_on, 15, b.id, 'attachment', '',
      jsonb_build_object('file', b.name, 'person', u.name, 'attachment_id', b.id)
    from attachments b join users u on u.id = b.attached_by where b.claim_id = :claim
)
select "on", name, reason, facts from events order by "on", place, id
""").columns(facts=JSONB)


@dataclass(frozen=True, slots=True)
class Event:
    """*name*: what kind of thing happened. *reason*: what a person or another system wrote."""

    on: date
    name: str
    reason: str
    facts: Mapping[str, Any]


async def read_timeline(connection: AsyncConnection, claim_id: str) -> Sequence[Event]:
    rows = (await connection.execute(_EVENTS, {"claim": claim_id})).all()
    return [Event(row.on, row.name, row.reason, row.facts) for row in rows]
