"""What only one kind of task needs to be shown: a proposal, a refund, a letter, a notice."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.decisions import TaskKind
from persistence.candidates import find_candidates, read_money
from persistence.reading_letters import read_letter

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

_NOTICE = text("""
select n.kind, n.code, n.text, n.noticed_on, n.amount_ore from recovery_notices n
where n.claim_id = :claim order by n.number desc limit 1""")
_ACTION = text("""
select a.kind, a.state, a.requested_on, a.submitted_on, a.amount_ore from recovery_actions a
where a.claim_id = :claim and (cast(:action as bigint) is null or a.id = :action)
order by a.id desc limit 1""")

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


_MESSAGES = text("""
select m.sender, m.text, m.received_on from enquiry_messages m where m.task_id = :task
order by m.id limit 20""")
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
    return {"proposal": await _first(connection, _PROPOSAL, claim=task["claim_id"])}


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


async def _notice(connection: AsyncConnection, task: RowMapping) -> Facts:
    claim, action = task["claim_id"], task["facts"].get("action")
    return {
        "notice": await _first(connection, _NOTICE, claim=claim),
        "action": await _first(connection, _ACTION, claim=claim, action=action),
    }


async def _limitation(connection: AsyncConnection, task: RowMapping) -> Facts:
    events = await connection.execute(_LIMITATION, {"claim": task["claim_id"]})
    return {"events": events.mappings().all()}


async def _weighed(connection: AsyncConnection, task: RowMapping) -> Facts:
    return {"weighed": await _first(connection, _WEIGHED, claim=task["claim_id"])}


async def _enquiry(connection: AsyncConnection, task: RowMapping) -> Facts:
    messages = await connection.execute(_MESSAGES, {"task": task["id"]})
    return {"messages": messages.mappings().all()}


async def _consultation(connection: AsyncConnection, task: RowMapping) -> Facts:
    number = task["facts"].get("consultation")
    return {"consultation": await _first(connection, _CONSULTATION, consultation=number)}


_BY_KIND: dict[TaskKind, Callable[[AsyncConnection, RowMapping], Awaitable[Facts]]] = {
    TaskKind.ASSESSMENT: _weighed,
    TaskKind.WRITE_OFF_APPROVAL: _proposal,
    TaskKind.REFUND_APPROVAL: _refund,
    TaskKind.UNDELIVERED_LETTER: _letter,
    TaskKind.UNPLACED_PAYMENT: _money,
    TaskKind.EXCEPTION: _notice,
    TaskKind.HEARING: _notice,
    TaskKind.LIMITATION_NEAR: _limitation,
    TaskKind.LIMITATION_UNOFFERED: _limitation,
    TaskKind.ENQUIRY: _enquiry,
    TaskKind.CONSULTATION: _consultation,
}
