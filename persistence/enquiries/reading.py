"""Enquiries as lists and pages show them, and the rounds that the figures are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, RowMapping, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound

# An enquiry is as far as its newest task is. What the citizen wrote first gives its channel.
_SHOWN = """
select e.id, e.subject, e.debtor_id, e.claim_id, e.task_id, d.name as debtor_name, t.state,
  t.due_on, t.claimed_by, u.name as claimed_by_name, m.channel, m.sender, m.received_on,
  (n.decided_at at time zone 'Europe/Copenhagen')::date as answered_on, n.outcome
from enquiries e join debtors d on d.id = e.debtor_id join tasks t on t.id = e.task_id
cross join lateral (select channel, sender, received_on from enquiry_messages
  where task_id = t.id order by id limit 1) m
left join users u on u.id = t.claimed_by left join decisions n on n.task_id = t.id"""


def _list(is_after: str, direction: str) -> TextClause:
    return text(f"""{_SHOWN}
where (cast(:state as text) is null or t.state = :state)
  and (cast(:overdue_on as date) is null or t.state = 'open' and t.due_on < :overdue_on)
  and (cast(:mine as text) is null or t.claimed_by = :mine)
  and (cast(:debtor as bigint) is null or e.debtor_id = :debtor)
  and (cast(:claim as text) is null or e.claim_id = :claim)
  and (cast(:last as bigint) is null or (t.due_on, e.id) {is_after} (:due, :last))
order by t.due_on {direction}, e.id {direction} limit :limit""")


_SOONEST, _LATEST = _list(">", "asc"), _list("<", "desc")
_ONE = text(f"{_SHOWN} where e.id = :enquiry")

_ROUNDS = (
    text("""
select t.id as task_id, t.state, t.due_on,
  (select jsonb_agg(jsonb_build_object('channel', m.channel, 'sender', m.sender, 'text', m.text,
      'received_on', m.received_on, 'by', u.name, 'attachments', (select coalesce(jsonb_agg(
        jsonb_build_object('id', a.id, 'name', a.name) order by a.id), '[]'::jsonb)
        from attachments a where a.id = any(m.attachment_ids))) order by m.id)
    from enquiry_messages m join users u on u.id = m.registered_by where m.task_id = t.id)
    as messages,
  n.outcome, n.reasons, p.name as answered_by,
  (n.decided_at at time zone 'Europe/Copenhagen')::date as answered_on,
  t.facts -> 'letters' as letters
from tasks t left join decisions n on n.task_id = t.id left join users p on p.id = n.decided_by
where t.subject = 'enquiry-' || cast(:enquiry as text) order by t.id
""")
    .bindparams(bindparam("enquiry", type_=BigInteger))
    .columns(messages=JSONB, letters=JSONB)
)

_FIGURES = text("""
select m.channel, m.received_on, t.due_on,
  (n.decided_at at time zone 'Europe/Copenhagen')::date as answered_on, count(*) as number
from enquiry_messages m join tasks t on t.id = m.task_id left join decisions n on n.task_id = t.id
where m.received_on between :first and :last
  and not exists (select from enquiry_messages f where f.task_id = m.task_id and f.id < m.id)
group by 1, 2, 3, 4 order by 2, 1""")


@dataclass(frozen=True, slots=True)
class EnquiryFilter:
    """What the list is narrowed to; None narrows nothing. *mine* is a user's id."""

    state: str | None = None
    overdue_on: date | None = None
    mine: str | None = None
    debtor: int | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """So many questions that came, were due and were answered on the same days."""

    channel: str
    received_on: date
    due_on: date
    answered_on: date | None
    number: int


async def list_enquiries(
    connection: AsyncConnection,
    narrow: EnquiryFilter,
    after: tuple[date, int] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Those due soonest first; when only answered ones are wanted, the latest first.

    *after*: the due day and the id of the last one seen.
    """
    due, last = after or (None, None)
    values = {
        "state": narrow.state,
        "overdue_on": narrow.overdue_on,
        "mine": narrow.mine,
        "debtor": narrow.debtor,
        "claim": narrow.claim,
        "due": due,
        "last": last,
        "limit": limit,
    }
    listed = _LATEST if narrow.state == "decided" else _SOONEST
    return (await connection.execute(listed, values)).mappings().all()


async def read_enquiry(connection: AsyncConnection, enquiry_id: int) -> RowMapping:
    """Raises NotFound."""
    row = (await connection.execute(_ONE, {"enquiry": enquiry_id})).mappings().first()
    if row is None:
        raise NotFound("enquiry", enquiry_id)
    return row


async def read_rounds(connection: AsyncConnection, enquiry_id: int) -> Sequence[RowMapping]:
    """Each question with its answer, the first one first."""
    return (await connection.execute(_ROUNDS, {"enquiry": enquiry_id})).mappings().all()


async def read_answer_times(
    connection: AsyncConnection, first: date, last: date
) -> list[AnswerTime]:
    """Of all questions received from *first* to *last*."""
    rows: Sequence[Any] = (await connection.execute(_FIGURES, {"first": first, "last": last})).all()
    return [AnswerTime(*row) for row in rows]
