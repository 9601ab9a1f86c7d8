"""What only one kind of task needs to be shown: a proposal, a refund, a letter, a notice."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.endings.facts import (
    batch_facts,
    discharge_facts,
    proposal_facts,
    suspension_facts,
    write_off_facts,
)
from persistence.money.candidates import find_candidates, read_money
from persistence.post.reading import read_letter
from persistence.recovery.facts import notice_facts

Facts = Mapping[str, Any]

_PROPOSAL = text("""
select d.reasons, d.decided_at, d.decided_by, u.name from decisions d
join tasks t on t.id = d.task_id join users u on u.id = d.decided_by
where t.claim_id = :claim and d.outcome = 'write-off' order by d.id desc limit 1""")

_REFUND = text("""
select r.id, r.amount_ore, r.reasons, r.proposed_on, r.proposed_by, r.state, r.payment_id,
  coalesce(u.name, r.proposed_by) as name, d.name as debtor_name, p.paid_on, p.payer, p.text,
  p.amount_ore as paid_ore, p.unused_ore, p.claim_id
from refunds r join debtors d on d.id = r.debtor_id join payments p on p.id = r.payment_id
left join users u on u.id = r.proposed_by where r.id = :refund""")

_LIMITATION = text("""
select e.kind, e.happened_on, e.limitation_date, e.source from limitation_events e
where e.claim_id = :claim order by e.id desc limit 5""")

_WEIGHED = text("""
select (select count(*) from letters l where l.claim_id = c.id and l.dispatched_on is not null)
    as letters,
  (select count(*) from decisions d join tasks t on t.id = d.task_id
    where t.claim_id = c.id and t.kind = 'dialogue') as talks,
  (select coalesce(-sum(e.amount_ore), 0)::bigint from ledger_entries e
    where e.claim_id = c.id and e.kind = 'payment') as paid_ore,
  (select count(*) from agreements g where g.debtor_id = c.debtor_id and g.state = 'broken')
    as broken_agreements,
  (select count(*) from claims o where o.debtor_id = c.debtor_id and o.ending = 'paid') as paid,
  (select count(*) from claims o where o.debtor_id = c.debtor_id
    and o.stage in ('transfer', 'recovery')) as at_the_collector,
  (select coalesce(sum(o.balance_ore), 0)::bigint from claims o
    where o.debtor_id = c.debtor_id and o.stage in ('transfer', 'recovery'))
    as at_the_collector_ore
from claims c where c.id = :claim""")


_DISTRAINT = text("""
select d.id, h.starts_at, h.place, m.held_on from distraints d
join lateral (select * from distraint_hearings where distraint_id = d.id
  order by number desc limit 1) h on true
left join distraint_minutes m on m.distraint_id = d.id
where d.claim_id = :claim and (d.task_key = :key or m.id is not null)
order by d.id desc limit 1""")
_MESSAGES = text("""
select m.sender, m.channel, m.text, m.received_on from enquiry_messages m where m.task_id = :task
order by m.id limit 20""")
_ENQUIRY = text("select e.id, e.subject from enquiries e where e.id = :enquiry")
_CONSULTATION = text("""
select q.id, q.department, q.question, q.answer, q.due_on from consultations q
where q.id = :consultation""")


async def question_facts(connection: AsyncConnection, task: RowMapping) -> Facts:
    """By the names the kind's template has for them; nothing for a kind that needs no more."""
    read = _BY_KIND.get(TaskKind(task["kind"]))
    return await read(connection, task) if read else {}


async def _first(connection: AsyncConnection, query: Any, **values: Any) -> RowMapping | None:
    return (await connection.execute(query, values)).mappings().first()


async def _proposal(connection: AsyncConnection, task: RowMapping) -> Facts:
    claim = task["claim_id"]
    proposal = await _first(connection, _PROPOSAL, claim=claim)
    return {"proposal": proposal, **await proposal_facts(connection, claim)}


async def _refund(connection: AsyncConnection, task: RowMapping) -> Facts:
    return {"refund": await _first(connection, _REFUND, refund=task["facts"]["refund"])}


async def _letter(connection: AsyncConnection, task: RowMapping) -> Facts:
    return {"letter": await read_letter(connection, task["facts"]["letter"])}


async def _money(connection: AsyncConnection, task: RowMapping) -> Facts:
    """A sum without a payment of its own (a difference in a statement) has no candidates."""
    if "payment" not in task["facts"]:
        return {"payment": None, "candidates": ()}
    payment = await read_money(connection, task["facts"]["payment"])
    found = await find_candidates(connection, payment) if payment["unused_ore"] else ()
    return {"payment": payment, "candidates": found}


async def _limitation(connection: AsyncConnection, task: RowMapping) -> Facts:
    events = await connection.execute(_LIMITATION, {"claim": task["claim_id"]})
    return {"events": events.mappings().all()}


async def _file(_: AsyncConnection, task: RowMapping) -> Facts:
    """A file that was refused, or the last day of a statement that has not come."""
    day = task["facts"].get("day")
    return {"missing_on": date.fromisoformat(day) if day else None}


async def _weighed(connection: AsyncConnection, task: RowMapping) -> Facts:
    weighed = await _first(connection, _WEIGHED, claim=task["claim_id"])
    return {"weighed": weighed, **await write_off_facts(connection, task["claim_id"])}


async def _enquiry(connection: AsyncConnection, task: RowMapping) -> Facts:
    messages = await connection.execute(_MESSAGES, {"task": task["id"]})
    return {
        "enquiry": await _first(connection, _ENQUIRY, enquiry=task["facts"]["enquiry"]),
        "messages": messages.mappings().all(),
    }


async def _consultation(connection: AsyncConnection, task: RowMapping) -> Facts:
    number = task["facts"].get("consultation")
    return {"consultation": await _first(connection, _CONSULTATION, consultation=number)}


async def _distraint(connection: AsyncConnection, task: RowMapping) -> Facts:
    values = {"claim": task["claim_id"], "key": task["key"]}
    return {"distraint": await _first(connection, _DISTRAINT, **values)}


_BY_KIND: dict[TaskKind, Callable[[AsyncConnection, RowMapping], Awaitable[Facts]]] = {
    TaskKind.ASSESSMENT: _weighed,
    TaskKind.AFTER_DISTRAINT: _distraint,
    TaskKind.DISTRAINT: _distraint,
    TaskKind.WRITE_OFF_APPROVAL: _proposal,
    TaskKind.REFUND_APPROVAL: _refund,
    TaskKind.UNDELIVERED_LETTER: _letter,
    TaskKind.UNPLACED_PAYMENT: _money,
    TaskKind.EXCEPTION: notice_facts,
    TaskKind.HEARING: notice_facts,
    TaskKind.LIMITATION_NEAR: _limitation,
    TaskKind.BANK_FILE: _file,
    TaskKind.LIMITATION_UNOFFERED: _limitation,
    TaskKind.UNCLEAR_NOTICE: notice_facts,
    TaskKind.ENQUIRY: _enquiry,
    TaskKind.CONSULTATION: _consultation,
    TaskKind.WRITE_OFF_BATCH: batch_facts,
    TaskKind.DISCHARGE_APPROVAL: discharge_facts,
    TaskKind.ESTATE_CLAIM: suspension_facts,
    TaskKind.SUSPENSION_REVIEW: suspension_facts,
}
