"""Questions to departments as the asker sees them, and as the department may."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, RowMapping, TextualSelect, exists, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from persistence.database import literally
from persistence.models import Consultation, Task


def _told(question: str) -> TextualSelect:
    return text(question).columns(attachments=JSONB)


_ATTACHED = """(select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name)
    order by a.id), '[]'::jsonb) from attachments a where a.id = any(q.attachment_ids))
  as attachments"""

# All that a department needs to answer, and nothing else of the debtor's affairs.
_FOR_DEPARTMENT = f"""
select q.id, q.question, q.due_on, q.state, q.answer, c.claim_type,
  {_ATTACHED},
  c.period_start, c.period_end, c.principal_ore, d.name as debtor_name,
  (q.asked_at at time zone 'Europe/Copenhagen')::date as asked_on,
  (q.closed_at at time zone 'Europe/Copenhagen')::date as closed_on,
  case when q.state = 'open' and c.ending is not null then 'moot' else q.state end as standing
from consultations q join claims c on c.id = q.claim_id join debtors d on d.id = c.debtor_id
where q.department = :department"""
_INBOX = _told(f"""{_FOR_DEPARTMENT}
  and (:is_open) = (q.state = 'open' and c.ending is null)
order by case when q.state = 'open' then q.due_on end, q.closed_at desc, q.id limit :limit""")
_ONE_OF_DEPARTMENT = _told(f"{_FOR_DEPARTMENT} and q.id = :consultation")

_FOR_ASKER = f"""
select q.id, q.claim_id, q.task_id, q.department, q.question, q.due_on, q.state, q.answer,
  {_ATTACHED},
  q.recall_reason, q.asked_by, q.seen_at, a.name as asked_by_name, z.name as closed_by_name,
  c.claim_type, c.period_start, c.period_end, c.principal_ore, d.id as debtor_id,
  d.name as debtor_name, t.state = 'open' as is_task_open,
  (select n.id from tasks n where n.subject = 'consultation-' || q.id and n.state = 'open'
    order by n.id desc limit 1) as notice_task,
  (q.asked_at at time zone 'Europe/Copenhagen')::date as asked_on,
  (q.closed_at at time zone 'Europe/Copenhagen')::date as closed_on,
  case when q.state = 'open' and c.ending is not null then 'moot' else q.state end as standing
from consultations q join claims c on c.id = q.claim_id join debtors d on d.id = c.debtor_id
join users a on a.id = q.asked_by left join users z on z.id = q.closed_by
left join tasks t on t.id = q.task_id"""
_ONE = _told(f"{_FOR_ASKER} where q.id = :consultation")
_OF_CLAIM = _told(f"{_FOR_ASKER} where q.claim_id = :claim order by q.id desc")
_OF_TASK = _told(f"{_FOR_ASKER} where q.task_id = :task order by q.id desc")
_ASKED = _told(f"""{_FOR_ASKER}
where (cast(:asker as text) is null or q.asked_by = :asker)
  and (q.state = 'open' and c.ending is null or q.state = 'answered' and q.seen_at is null)
order by q.state, q.due_on, q.id limit :limit""")
_CLAIM = text("""
select c.id, c.department, c.claim_type, c.period_start, c.period_end, c.principal_ore, c.ending,
  d.id as debtor_id, d.name as debtor_name
from claims c join debtors d on d.id = c.debtor_id where c.id = :claim""")


async def consultations_for(
    connection: AsyncConnection, department: str, limit: int, *, is_open: bool
) -> Sequence[RowMapping]:
    """The department's own, those due soonest first; those that are closed, the latest first."""
    values = {"department": department, "is_open": is_open, "limit": limit}
    return (await connection.execute(_INBOX, values)).mappings().all()


async def read_for_department(
    connection: AsyncConnection, number: int, department: str | None
) -> RowMapping:
    """Raises NotFound, also for another department's."""
    values = {"consultation": number, "department": department or ""}
    row = (await connection.execute(_ONE_OF_DEPARTMENT, values)).mappings().first()
    if row is None:
        raise NotFound("consultation", number)
    return row


async def read_consultation(connection: AsyncConnection, number: int) -> RowMapping:
    """As those who work on claims see it. Raises NotFound."""
    row = (await connection.execute(_ONE, {"consultation": number})).mappings().first()
    if row is None:
        raise NotFound("consultation", number)
    return row


async def consultations_of_claim(
    connection: AsyncConnection, claim_id: str
) -> Sequence[RowMapping]:
    """The latest first."""
    return (await connection.execute(_OF_CLAIM, {"claim": claim_id})).mappings().all()


async def consultations_of_task(connection: AsyncConnection, task_id: int) -> Sequence[RowMapping]:
    """What the task waits for, and what has come back to it; the latest first."""
    return (await connection.execute(_OF_TASK, {"task": task_id})).mappings().all()


async def asked_by(
    connection: AsyncConnection, asker: str | None, limit: int
) -> Sequence[RowMapping]:
    """Questions that wait, and answers not yet read; of everybody when *asker* is None."""
    return (await connection.execute(_ASKED, {"asker": asker, "limit": limit})).mappings().all()


def is_with_department() -> ColumnElement[bool]:
    """Whether a task, as the rows of `tasks`, waits for a department."""
    waits = (Consultation.task_id == Task.id, Consultation.state == literally("open"))
    return exists(select(Consultation.id).where(*waits))


async def claim_asked_about(connection: AsyncConnection, claim_id: str) -> RowMapping:
    """What a department would be told of the claim, and where it comes from. Raises NotFound."""
    row = (await connection.execute(_CLAIM, {"claim": claim_id})).mappings().first()
    if row is None:
        raise NotFound("claim", claim_id)
    return row
