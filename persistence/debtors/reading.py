"""All that is known of one debtor, in as many questions however many claims there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.columns import every
from persistence.debtors.numbers import with_numbers
from persistence.models import Debtor

_DEBTOR = text(f"""
select {every(Debtor, "d")},
  (select jsonb_agg(jsonb_build_object('number', m.number, 'began_on', m.began_on,
      'ended_on', m.ended_on) order by m.began_on desc, m.number)
    from mandates m where m.debtor_id = d.id) as mandates
from debtors d where d.id = :debtor""").columns(mandates=JSONB, overruled=JSONB)

_CO_DEBTORS = text("""
select o.id, o.name, array_agg(c.id order by c.id) as claims
from liabilities b join liabilities p on p.claim_id = b.claim_id and p.debtor_id <> b.debtor_id
join debtors o on o.id = p.debtor_id join claims c on c.id = b.claim_id
where b.debtor_id = :debtor group by o.id, o.name order by o.name, o.id""")

_AGREEMENTS = text("""
select g.id, g.state, g.signed_on, g.ended_on, g.owed_ore, g.paid_ore,
  (select array_agg(c.id order by c.id) from claims c where c.agreement_id = g.id) as claims,
  (select count(*) from instalments i where i.agreement_id = g.id) as instalments,
  (select count(*) from instalments i where i.agreement_id = g.id and i.total_ore <= g.paid_ore)
    as covered,
  n.due_on, n.total_ore - g.paid_ore as missing_ore
from agreements g left join lateral (select i.due_on, i.total_ore from instalments i
  where i.agreement_id = g.id and i.total_ore > g.paid_ore and g.state = 'active'
  order by i.number limit 1) n on true
where g.debtor_id = :debtor order by g.signed_on desc, g.id desc""")

# What of the money lies on the debtor's claims, and what without a place bears their name.
_PAYMENTS = text("""
select p.id, p.paid_on, p.payer, p.text, p.amount_ore, p.unused_ore,
  array_agg(distinct e.claim_id) as claims
from ledger_entries e join payments p on p.id = e.payment_id
where e.claim_id in (select claim_id from liabilities where debtor_id = :debtor)
group by p.id order by p.paid_on desc, p.id desc limit :limit""")
_UNPLACED = text("""
select p.id, p.paid_on, p.payer, p.text, p.amount_ore, p.unused_ore from payments p
where p.unused_ore > 0 and lower(p.payer) = (select lower(name) from debtors where id = :debtor)
order by p.paid_on desc, p.id desc limit :limit""")

_TALKS = text("""
select t.claim_id, n.outcome, n.look_again_on, n.reasons, n.agreement_id, u.name as person,
  (n.decided_at at time zone 'Europe/Copenhagen')::date as decided_on
from liabilities b join tasks t on t.claim_id = b.claim_id and t.kind = 'dialogue'
join decisions n on n.task_id = t.id join users u on u.id = n.decided_by
where b.debtor_id = :debtor order by n.id desc limit :limit""")
_TASKS = text("""
select t.id, t.kind, t.claim_id, t.subject, t.due_on, t.claimed_by, u.name as claimed_by_name,
  c.claim_type, c.balance_ore
from liabilities b join tasks t on t.claim_id = b.claim_id and t.state = 'open'
join claims c on c.id = t.claim_id left join users u on u.id = t.claimed_by
where b.debtor_id = :debtor order by (t.kind <> 'dialogue'), t.due_on, t.id""")

# The balance at the end of each month, as the books have it.
_OWED = text("""
select to_char(m.month, 'YYYY-MM') as month, coalesce((select sum(e.amount_ore)
    from ledger_entries e join liabilities b on b.claim_id = e.claim_id
    where b.debtor_id = :debtor and e.booked_on < m.month + interval '1 month'), 0)::bigint as ore
from generate_series(date_trunc('month', cast(:first as date)::timestamp),
  date_trunc('month', cast(:last as date)::timestamp), interval '1 month') m (month)
order by 1""")

_LAST_HANDLER = text("""
select u.id, u.name, w.on from (
  select n.decided_by as person, (n.decided_at at time zone 'Europe/Copenhagen')::date as "on"
    from liabilities b join tasks t on t.claim_id = b.claim_id
    join decisions n on n.task_id = t.id where b.debtor_id = :debtor
  union all select f.author, f.written_on from file_notes f where f.debtor_id = :debtor
    or f.claim_id in (select claim_id from liabilities where debtor_id = :debtor)
  union all select m.registered_by, (m.registered_at at time zone 'Europe/Copenhagen')::date
    from enquiry_messages m join enquiries e on e.id = m.enquiry_id where e.debtor_id = :debtor
) w join users u on u.id = w.person where u.role in ('caseworker', 'supervisor', 'bailiff')
order by w.on desc, u.id limit 1""")

_DIALOGUE = text("""
select 1 from tasks t join liabilities b on b.claim_id = t.claim_id
where t.id = :task and t.kind = 'dialogue' and b.debtor_id = :debtor""")
_ANSWERED_SO = text("""
select 1 from decisions where task_id = :task and decided_by = :person and outcome = :outcome""")


@dataclass(frozen=True, slots=True)
class Handler:
    """Who last decided or wrote something about a debtor."""

    id: str
    name: str
    on: date


async def read_debtor(connection: AsyncConnection, debtor_id: int) -> Any:
    """The debtor's row with their mandates. Raises NotFound."""
    row = (await connection.execute(_DEBTOR, {"debtor": debtor_id})).mappings().first()
    if row is None:
        raise NotFound("debtor", debtor_id)
    return with_numbers(connection, [row], "debtor")[0]


async def last_handler(connection: AsyncConnection, debtor_id: int) -> Handler | None:
    """Whom the debtor knows: a task about them is best answered by the same person."""
    row = (await connection.execute(_LAST_HANDLER, {"debtor": debtor_id})).first()
    return Handler(row.id, row.name, row.on) if row else None


async def co_debtors(connection: AsyncConnection, debtor_id: int) -> Sequence[RowMapping]:
    """Others who are liable for the same claims, and for which."""
    return (await connection.execute(_CO_DEBTORS, {"debtor": debtor_id})).mappings().all()


async def agreements_of(connection: AsyncConnection, debtor_id: int) -> Sequence[RowMapping]:
    """Each with how far it is and what is missing next; the latest first."""
    return (await connection.execute(_AGREEMENTS, {"debtor": debtor_id})).mappings().all()


async def payments_of(
    connection: AsyncConnection, debtor_id: int, limit: int
) -> Sequence[RowMapping]:
    """What was paid on the debtor's claims, the latest first."""
    values = {"debtor": debtor_id, "limit": limit}
    return (await connection.execute(_PAYMENTS, values)).mappings().all()


async def unplaced_payments_of(
    connection: AsyncConnection, debtor_id: int, limit: int
) -> Sequence[RowMapping]:
    """Money without a place, from someone of the debtor's name: perhaps it is theirs."""
    values = {"debtor": debtor_id, "limit": limit}
    return (await connection.execute(_UNPLACED, values)).mappings().all()


async def talks_with(
    connection: AsyncConnection, debtor_id: int, limit: int
) -> Sequence[RowMapping]:
    """What came of the dialogues about their claims, the latest first."""
    values = {"debtor": debtor_id, "limit": limit}
    return (await connection.execute(_TALKS, values)).mappings().all()


async def open_tasks_about(connection: AsyncConnection, debtor_id: int) -> Sequence[RowMapping]:
    """What people are asked about the debtor's claims; dialogues first."""
    return (await connection.execute(_TASKS, {"debtor": debtor_id})).mappings().all()


async def owed_by_month(
    connection: AsyncConnection, debtor_id: int, first: date, last: date
) -> Sequence[Any]:
    """*month* (as ``2026-03``) and *ore* owed at its end, for each from *first* to *last*."""
    values = {"debtor": debtor_id, "first": first, "last": last}
    return (await connection.execute(_OWED, values)).all()


async def is_dialogue_with(connection: AsyncConnection, task_id: int, debtor_id: int) -> bool:
    """Whether the task, answered or not, is a dialogue about a claim of the debtor."""
    values = {"task": task_id, "debtor": debtor_id}
    return (await connection.execute(_DIALOGUE, values)).first() is not None


async def is_answered_so(
    connection: AsyncConnection, task_id: int, person: str, outcome: str
) -> bool:
    """Whether it is this person's own answer that stands: they pressed twice."""
    values = {"task": task_id, "person": person, "outcome": outcome}
    return (await connection.execute(_ANSWERED_SO, values)).first() is not None
